"""Rows 33 to 36: web pages and XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .case import SENTENCE, TABLE, A, Q
from .encodings import reads
from .files import put
from .packed import docx, paragraphs

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = f"<p>{SENTENCE * 4}</p>"


def page(body: str, head: str = "") -> str:
    """Return a web page."""
    return f"<html><head>{head}</head><body>{body}</body></html>"


TABLE.title(33, "HTML 100,000 levels deep")


@TABLE.variant(33, "refused before it is parsed", {"a.html": Q("markup-no-text")})
def deep(folder: Path) -> None:
    put(folder, "a.html", page("<div>" * 100_000 + "文" + "</div>" * 100_000))


@TABLE.variant(33, "5,000 levels around a text", {"a.html": A})
def rather_deep(folder: Path) -> None:
    put(folder, "a.html", page("<div>" * 5_000 + ARTICLE * 20 + "</div>" * 5_000))


TABLE.title(34, "HTML of menus and scripts; a login page")


@TABLE.variant(34, "each", {"a.html": Q("no-content"), "b.html": Q("no-content"), "c.html": Q("no-content")})
def no_content(folder: Path) -> None:
    menu = "".join(f'<a href="/{n}">栏目名称{n}</a>' for n in range(40))
    put(folder, "a.html", page("<script>" + "var a = 1;" * 500 + "</script>" + menu))
    put(folder, "b.html", page("<form>用户名<input>密码<input><button>登录</button></form>"))
    put(folder, "c.html", page("<h1>404 Not Found</h1><hr><center>nginx</center>"))


TABLE.title(35, "wrong or missing encoding label", "The label of a header, of a saved answer or part, is asked before the page's own.")


@TABLE.variant(
    35,
    "the bytes win; no label; the header's label",
    {"a.html": A, "b.html": A, "c.html": A, "d.mhtml": A},
    reads(a=f"{SENTENCE * 4}".strip() + "\n"),
)
def labels(folder: Path) -> None:
    put(folder, "a.html", page(ARTICLE, '<meta charset="utf-8">').encode("gb18030"))
    put(folder, "b.html", page(ARTICLE + "甲").encode("gb18030"))
    put(folder, "c.html", b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n" + page(ARTICLE + "乙").encode("gb18030"))
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html; charset=gbk\r\n'
    body = b"Content-Transfer-Encoding: 8bit\r\n\r\n" + page(ARTICLE + "丙").encode("gb18030") + b"\r\n--x--\r\n"
    put(folder, "d.mhtml", head.encode() + body)


TABLE.title(36, "XML with document type, external entity, entities of entities")
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "haha">' + "".join(f'<!ENTITY a{n} "{"&a" + (str(n - 1) if n else "") + ";"}">' for n in range(1, 9)) + "]>"
)


@TABLE.variant(36, "no network, no other file", {"a.html": Q("dtd"), "b.html": Q("dtd"), "c.docx": Q("dtd"), "d.docx": Q("dtd")})
def doctype(folder: Path) -> None:
    put(folder, "a.html", f'<?xml version="1.0"?>{LAUGHS}<html><p>&a8;{SENTENCE}</p></html>')
    put(folder, "b.html", f'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x"><html>{ARTICLE}</html>')
    put(folder, "c.docx", docx(paragraphs(SENTENCE) + "<w:p><w:r><w:t>&a8;</w:t></w:r></w:p>", prologue=LAUGHS))
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "secret.txt">]>'
    put(folder, "d.docx", docx("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", prologue=outside))
    put(folder.parent, "secret.txt", "secret")


@TABLE.variant(36, "ordinary document types", {"a.html": A, "b.html": A})
def ordinary(folder: Path) -> None:
    put(folder, "a.html", "<!DOCTYPE html>" + page(ARTICLE))
    xhtml = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
    put(folder, "b.html", xhtml + page(ARTICLE + "甲"))

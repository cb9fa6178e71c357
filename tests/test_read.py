"""Every file becomes its text, with each doubt told, or is refused with the code of its case; none is guessed silently or lost."""

from __future__ import annotations

import hashlib
import os
import socket

import pytest
from bad_inputs.files import RefusedNameError, put_named
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.domain.encodings import load_common_characters
from kg.errors import InputError, UsageError
from kg.read import READERS, Input, discover, load_metadata, read_input
from kg.read.encoding import decode
from kg.read.file import read_bytes, refuse_binary
from kg.read.html import read_html

SENTENCE = "上半年，全省城镇新增就业26.8万人，同比增长5.5%，完成年度目标的58.2%。省人力资源和社会保障厅落实社会保险补贴。\n"
TRADITIONAL = "今年以來，黨中央、國務院不斷完善穩就業政策，省人力資源和社會保障廳開展職業技能培訓，穩定就業崗位。\n"
COMMON = load_common_characters(load_domain().base)


def codes(decoded):
    return [finding.code for finding in decoded.findings]


def refused(data, reader=None):
    with pytest.raises(InputError) as caught:
        (reader or decode)(data, "a.txt", COMMON)
    assert str(caught.value).startswith("a.txt: ")
    assert " — " in str(caught.value)
    return caught.value.code


# Encodings: rows 11 to 26 of the table of bad inputs.


@pytest.mark.parametrize("text", [SENTENCE, TRADITIONAL, SENTENCE * 50, TRADITIONAL * 50])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_encodings_that_leave_no_doubt(text, encoding):
    decoded = decode(text.encode(encoding), "a.txt", COMMON)
    assert (decoded.text, decoded.findings) == (text, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [SENTENCE, TRADITIONAL, SENTENCE.replace("26.8", "").replace("5.5%", "").replace("58.2%", "").replace("\n", "")]
)
def test_utf16_without_mark_is_a_guess(text, encoding):
    decoded = decode(text.encode(encoding), "a.txt", COMMON)
    assert (decoded.text, decoded.encoding, codes(decoded)) == (text, encoding, ["encoding-guess"])


def test_big5_is_told_from_gb18030():
    data = TRADITIONAL.encode("big5")
    assert data.decode("gb18030") != TRADITIONAL  # decodes strictly, and wrongly
    assert decode(data, "a.txt", COMMON).text == TRADITIONAL
    assert decode(TRADITIONAL.encode("gb18030"), "a.txt", COMMON).text == TRADITIONAL


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_wrong_label_is_told_and_not_followed(encoding):
    wrong = "big5" if encoding == "gb18030" else "gb2312"
    decoded = decode(TRADITIONAL.encode(encoding), "a.txt", COMMON, wrong)
    assert (decoded.text, codes(decoded)) == (TRADITIONAL, ["encoding-label"])


def test_a_few_bytes_are_a_guess():
    decoded = decode("就业补贴".encode("gbk"), "a.txt", COMMON)
    assert (decoded.text, codes(decoded)) == ("就业补贴", ["encoding-guess"])


def test_every_seed_in_every_encoding(seeds):
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for encoding in ("gb18030", "utf-16", "utf-8-sig"):
            assert decode(text.encode(encoding), "a.txt", COMMON).text == text
        big5 = text.encode("big5hkscs", errors="ignore")
        assert decode(big5, "a.txt", COMMON).text == big5.decode("big5hkscs")


def test_charset_normalizer_agrees(seeds):
    from charset_normalizer import from_bytes

    for path in sorted(seeds.glob("*.txt")):
        data = path.read_text(encoding="utf-8").encode("gb18030")
        best = from_bytes(data, cp_isolation=["gb18030", "big5", "utf_8"]).best()
        assert best is not None
        assert decode(data, "a.txt", COMMON).text == str(best)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_cut_in_a_character(encoding):
    decoded = decode(SENTENCE.rstrip("\n").rstrip("。").encode(encoding)[:-1], "a.txt", COMMON)
    assert codes(decoded) == ["truncated"]
    assert decoded.text == SENTENCE.rstrip("\n").rstrip("。")[:-1] + "\ufffd"


def test_one_bad_byte_is_replaced_and_counted():
    data = (SENTENCE * 3).encode()
    decoded = decode(data[:9] + b"\xff" + data[9:], "a.txt", COMMON)
    assert (codes(decoded), decoded.text.count("\ufffd"), decoded.encoding) == (["undecodable"], 1, "utf-8")
    data = (SENTENCE * 3).encode("gb18030")
    assert codes(decode(data + b"\xff" + data, "a.txt", COMMON)) == ["undecodable"]


@pytest.mark.parametrize("first", ["utf-8", "gb18030", "big5"])
def test_two_encodings_in_one_file(first):
    other = "gb18030" if first == "utf-8" else "utf-8"
    for break_ in ("", "\n"):
        data = (TRADITIONAL.strip() + break_).encode(first) + (TRADITIONAL * 2).encode(other)
        assert refused(data) == "mixed-encoding"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" \n\t \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x00" * 500 + SENTENCE.encode(), "binary"),
        (b"\xfd\xff\xfc\x80\x81" * 101, "undecodable"),
        ("\u5c31\u4e1a".encode() * 20 + b"\xff\xc0\x80" * 20, "undecodable"),
    ],
)
def test_what_is_no_text(data, code):
    assert refused(data) == code


def test_nul_goes_and_doubtful_characters_stay():
    decoded = decode((SENTENCE * 30 + "\0").encode(), "a.txt", COMMON)
    assert (decoded.text, codes(decoded)) == (SENTENCE * 30, ["nul"])
    text = f"\x1b[31m技能\u200b辽宁\u202e行动\ue000。{SENTENCE}"
    decoded = decode(text.encode(), "a.txt", COMMON)
    assert decoded.text == text
    assert codes(decoded) == ["control-characters", "bidi", "zero-width", "private-use"]


def test_line_ends():
    assert decode("一\r\n二\r三\n".encode(), "a.txt", COMMON).text == "一\n二\n三\n"


def test_wide_text_with_lone_surrogate_is_refused_or_replaced():
    data = b"\xff\xfe" + (SENTENCE * 10).encode("utf-16-le") + b"\x00\xd8"
    decoded = decode(data, "a.txt", COMMON)
    assert codes(decoded) == ["truncated"]
    assert decoded.text.endswith("\ufffd")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(lambda text: text.strip() and text[0] != "\ufeff"))
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_any_utf8_text_comes_back(text):
    assert decode(text.encode(), "a.txt", COMMON).text == text


@given(st.binary(min_size=1, max_size=300))
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_a_text_or_refused(data):
    try:
        decoded = decode(data, "a.txt", COMMON)
    except InputError as error:
        assert error.code in {"empty", "binary", "mixed-encoding", "undecodable"}
    else:
        assert "\0" not in decoded.text
        assert "\r" not in decoded.text
        decoded.text.encode()


# Web pages: rows 33 to 36.

ARTICLE = f"<p>{SENTENCE * 4}</p>"
MENU = "<div>" + "".join(f'<a href="/{n}">栏目名称{n}</a>' for n in range(40)) + "</div>"


def page(body, head=""):
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def test_running_text_with_title_and_table_and_without_menus():
    body = f"{MENU}<div class=article><h1>关于促进就业的通知</h1>{ARTICLE}<table><tr><td>单位</td><td>人数</td></tr></table><p>特此通知。</p></div>{MENU}"
    decoded = read_html(page(body, "<script>var menu;</script>"), "a.html", COMMON)
    assert decoded.html
    assert decoded.text.startswith("关于促进就业的通知\n")
    assert "26.8万人" in decoded.text
    assert "人数" in decoded.text
    assert "栏目名称" not in decoded.text
    assert "var menu" not in decoded.text


def test_what_trafilatura_loses_comes_from_the_blocks(monkeypatch):
    monkeypatch.setattr("trafilatura.extract", lambda *_, **__: None)
    text = read_html(page(f"{MENU}<h1>通知</h1>{ARTICLE}<p>详见<a href=x>附件</a>和有关规定。</p>"), "a.html", COMMON).text
    assert "栏目名称" not in text
    assert text.endswith("详见附件和有关规定。\n")


def test_blocks_become_lines_and_nothing_is_lost_without_menus():
    text = read_html(page(f"<div>第一章 总则</div><ul><li>一是{SENTENCE}</li><li>二是</li></ul>{ARTICLE}"), "a.html", COMMON).text
    assert text.startswith("第一章 总则\n一是上半年")
    assert "\n二是\n" in text


def test_the_bytes_win_over_a_wrong_label():
    data = b'<meta charset="utf-8">' + ARTICLE.encode("gb18030")
    decoded = read_html(data, "a.html", COMMON)
    assert "新增就业26.8万人" in decoded.text
    assert codes(decoded) == ["encoding-label"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (page("<div>" * 100_000 + "文" + "</div>" * 100_000), "markup-no-text"),
        (page("<script>" + "var a = 1;" * 500 + "</script>" + MENU), "no-content"),
        (page("<form>用户名<input><button>登录</button></form>"), "no-content"),
        (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><html>&c;</html>', "dtd"),
        (b'<!DOCTYPE l SYSTEM "/etc/hostname"><html>' + ARTICLE.encode(), "dtd"),
    ],
)
def test_pages_without_text(data, code):
    assert refused(data, read_html) == code


def test_ordinary_document_types_are_read():
    xhtml = b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
    assert "就业" in read_html(xhtml + page(ARTICLE), "a.html", COMMON).text
    assert "就业" in read_html(page(f"<p>{SENTENCE * 2}<table><tr><td>未关<div><p"), "a.html", COMMON).text


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=60)
def test_any_bytes_in_a_page_are_read_or_refused(data):
    try:
        read_html(b"<html><body><p>" + data + ARTICLE.encode(), "a.html", COMMON)
    except InputError as error:
        assert error.code in {"empty", "binary", "mixed-encoding", "undecodable", "dtd", "no-content", "markup-no-text"}


def test_no_network(monkeypatch):
    def refuse(*_):
        message = "a reader asked for the network"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    body = f'<img src="http://127.0.0.1:9/x"><link href="http://127.0.0.1:9/y">{MENU}{ARTICLE}'
    assert "就业" in read_html(page(body), "a.html", COMMON).text


# Files: rows 1 to 9 and 28.


def write(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_txt", ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def listed(*paths):
    return [(one.source, one.problem and one.problem.code) for one in discover(paths, READERS).inputs]


def test_folders_are_walked_in_the_order_of_their_paths(tmp_path):
    texts = tmp_path / "texts"
    write(
        texts,
        b_txt=SENTENCE,
        a__z_txt=SENTENCE,
        **{"a.HTM": SENTENCE, "c.xyz": "", ".hidden.txt": "", ".git__x_txt": "", "SOURCES.tsv": "", "metadata.tsv": ""},
    )
    found = discover([texts], READERS)
    assert [one.source for one in found.inputs] == ["texts/a.HTM", "texts/a/z.txt", "texts/b.txt"]
    assert [(one.source, one.reason) for one in found.skipped] == [
        ("texts/.git", "hidden"),
        ("texts/.hidden.txt", "hidden"),
        ("texts/SOURCES.tsv", "metadata"),
        ("texts/c.xyz", "extension"),
        ("texts/metadata.tsv", "metadata"),
    ]
    assert found.tables == (texts / "metadata.tsv",)
    assert listed(texts / "b.txt", texts) == listed(texts, texts / "b.txt", texts)
    assert listed(texts / "b.txt") == [("b.txt", None)]


def test_nothing_to_read_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such file or folder"):
        discover([tmp_path / "nowhere"], READERS)
    with pytest.raises(UsageError, match=r"no documents — texts are files that end in \.csv \.docx \.htm \.html .* \.zip"):
        discover([tmp_path], READERS)
    write(tmp_path, **{"a.xyz": ""})
    with pytest.raises(UsageError, match=r"no documents \(1 skipped: extension\)"):
        discover([tmp_path / "a.xyz"], READERS)


def test_links_and_devices_are_not_followed(tmp_path):
    texts = tmp_path / "texts"
    write(tmp_path, out_txt=SENTENCE)
    texts.mkdir()
    (texts / "link.txt").symlink_to(tmp_path / "out.txt")
    (texts / "loop").symlink_to(texts)
    (texts / "dangling.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(texts / "pipe.txt")
    assert listed(texts) == [
        ("texts/dangling.txt", "link"),
        ("texts/link.txt", "link"),
        ("texts/loop", "link"),
        ("texts/pipe.txt", "not-regular"),
    ]
    assert listed(texts / "link.txt") == [("link.txt", None)]  # the user named it
    for one in discover([texts], READERS).inputs:
        with pytest.raises(InputError):
            read_input(one, COMMON)
    with pytest.raises(InputError, match="cannot be read"):
        read_bytes(texts / "link.txt", "link.txt")
    with pytest.raises(InputError, match="no regular file"):
        read_bytes(texts / "pipe.txt", "pipe.txt")


def test_names_that_cannot_be_shown(tmp_path):
    (tmp_path / "texts").mkdir()
    listed_names = (b"\xd5\xfe.txt", b"a\nb.txt", "甲\u202e乙.txt".encode(), "政策 100%.txt".encode())
    try:
        put_named(tmp_path / "texts", {name: SENTENCE + name.hex() for name in listed_names})
    except RefusedNameError as error:
        pytest.skip(str(error))
    names = [source for source, _ in listed(tmp_path / "texts")]
    assert names == sorted(["texts/%D5%FE.txt", "texts/a%0Ab.txt", "texts/甲%E2%80%AE乙.txt", "texts/政策 100%.txt"])
    for one in discover([tmp_path / "texts"], READERS).inputs:
        assert read_input(one, COMMON).text.startswith("上半年")


def test_a_file_is_read_whole_or_refused(tmp_path, monkeypatch):
    write(tmp_path, a_txt=SENTENCE, empty_txt="")
    (tmp_path / "p.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    assert read_bytes(tmp_path / "a.txt", "a.txt") == SENTENCE.encode()
    for name, code in (("empty.txt", "empty"), ("gone.txt", "io")):
        with pytest.raises(InputError) as caught:
            read_bytes(tmp_path / name, name)
        assert caught.value.code == code
    with pytest.raises(InputError, match="is a PNG picture, not text"):
        refuse_binary(read_bytes(tmp_path / "p.txt", "p.txt"), "p.txt")
    with pytest.raises(InputError, match="more than 10 —") as caught:
        read_bytes(tmp_path / "a.txt", "a.txt", largest=10)
    assert caught.value.code == "too-large"
    real, calls = os.fstat, []

    def growing(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            with (tmp_path / "a.txt").open("a") as file:
                file.write("x")
        return real(descriptor)

    monkeypatch.setattr("kg.read.file.os.fstat", growing)
    with pytest.raises(InputError) as caught:
        read_bytes(tmp_path / "a.txt", "a.txt")
    assert caught.value.code == "changed"


def test_what_is_read_knows_its_bytes(tmp_path):
    write(tmp_path, a_txt="\ufeff" + SENTENCE)
    raw = read_input(discover([tmp_path / "a.txt"], READERS).inputs[0], COMMON, {"region": "辽宁省"})
    assert raw.sha256 == hashlib.sha256((tmp_path / "a.txt").read_bytes()).hexdigest()
    assert (raw.text, raw.source, raw.metadata, raw.html) == (SENTENCE, "a.txt", {"region": "辽宁省"}, False)


def test_a_txt_is_never_parsed_as_html(tmp_path):
    write(tmp_path, a_txt=f"<p>{SENTENCE}</p>")
    assert read_input(discover([tmp_path], READERS).inputs[0], COMMON).text == f"<p>{SENTENCE}</p>"


def test_cells_of_a_web_pages_table_are_set_apart_and_its_rows_are_lines(tmp_path):
    rows = (
        "<tr><th>地区</th><th>标准</th></tr>\n<tr>\n<td><p>沈阳市</p></td>\n <td>\t1000 元/人 </td></tr><tr><td>大连市</td><td></td></tr>"
    )
    words = SENTENCE.strip()
    layout = f"<table><tr><td><p>{words}</p><p>{words * 5}</p></td></tr></table>"
    write(tmp_path, **{"a.html": f"<html><body><h1>补贴标准</h1><p>{words}</p><table>{rows}</table>{layout}</body></html>"})
    (one,) = discover([tmp_path], READERS).inputs
    assert read_input(one, COMMON).text.split("\n")[2:] == ["地区\t标准", "沈阳市\t1000 元/人", "大连市", words, words * 5, ""]


# What users state about texts.


def test_metadata_by_path_from_the_table_or_by_source(tmp_path):
    texts = tmp_path / "texts"
    write(texts, a_txt=SENTENCE, sub__b_txt=SENTENCE)
    (texts / "metadata.tsv").write_text(
        "path\tregion\tdate\n# note\na.txt\t辽宁省\t2024-07-24\nsub/b.txt\t\t2024-01-02\nz.txt\t甲\t\n", encoding="utf-8"
    )
    (tmp_path / "mine.tsv").write_text("path\tregion\ntexts/a.txt\t大连市\n", encoding="utf-8")
    found = discover([texts], READERS)
    table = load_metadata([*found.tables, tmp_path / "mine.tsv"])
    assert [table.of(one) for one in found.inputs] == [{"region": "大连市", "date": "2024-07-24"}, {"date": "2024-01-02"}]
    assert [path for _, path in table.unused()] == ["z.txt"]
    assert table.of(Input(tmp_path / "texts2" / "a.txt", "texts2/a.txt", ".txt")) == {}


@pytest.mark.parametrize("form", ["texts/sub/b.txt", "sub/b.txt", "./sub/b.txt", "sub\\b.txt", "{texts}/sub/b.txt", "here/texts/sub/b.txt"])
def test_a_table_elsewhere_may_name_a_text_in_any_way(tmp_path, monkeypatch, form):
    texts = tmp_path / "here" / "texts"
    write(texts, b_txt=SENTENCE, sub__b_txt=SENTENCE)
    (tmp_path / "tables").mkdir()
    table = tmp_path / "tables" / "meta.tsv"
    table.write_text(f"path\tregion\n{form.format(texts=texts)}\t辽宁省\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    loaded = load_metadata([table])
    assert [loaded.of(one) for one in discover([texts], READERS).inputs] == [{}, {"region": "辽宁省"}]
    assert loaded.unused() == []


def test_a_table_beside_the_texts_means_its_own(tmp_path):
    """``b.txt`` of one folder's table is not the ``b.txt`` of another folder."""
    for name in ("one", "two"):
        write(tmp_path / name, b_txt=SENTENCE + name)
    (tmp_path / "one" / "metadata.tsv").write_text("path\tregion\nb.txt\t辽宁省\n", encoding="utf-8")
    found = discover([tmp_path / "one", tmp_path / "two"], READERS)
    loaded = load_metadata(found.tables)
    assert [loaded.of(one) for one in found.inputs] == [{"region": "辽宁省"}, {}]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2024", "2024"), ("2024年", "2024"), ("2024-7", "2024-07"), ("2024年7月", "2024-07"), ("2024/7/24 08:00", "2024-07-24"),
     ("20240724", "2024-07-24"), ("2024年7月24日", "2024-07-24"), ("2024-13", None), ("2024-02-30", None), ("24", None), ("2024-07-2024", None)],
)  # fmt: skip
def test_dates_as_they_are_stated(tmp_path, written, kept):
    (tmp_path / "m.tsv").write_text(f"path\tdate\na.txt\t{written}\n", encoding="utf-8")
    if kept is None:
        with pytest.raises(UsageError, match="is no date"):
            load_metadata([tmp_path / "m.tsv"])
    else:
        assert [row["date"] for row in load_metadata([tmp_path / "m.tsv"]).rows.values()] == [kept]


def test_files_that_could_be_converted_are_named_with_how(tmp_path, run_kg):
    write(tmp_path / "texts", **{"a.txt": SENTENCE, "b.md": "", "c.md": "", "d.doc": "", "e.xyz": ""})
    done = run_kg("extract", tmp_path / "texts", "-o", tmp_path / "r.jsonl", "--no-cache")
    assert "2 files .md skipped: rename to .txt\n1 file .doc skipped: save as .docx" in done.stderr
    assert "xyz" not in done.stderr
    (tmp_path / "texts" / "a.txt").unlink()
    done = run_kg("extract", tmp_path / "texts", "--no-cache")
    assert (done.returncode, "rename to .txt" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("path\tregoin\n", r"m\.tsv:1: unknown column 'regoin' — did you mean 'region'\?"),
        ("region\n", r"m\.tsv:1: no column 'path'"),
        ("path\tdate\na.txt\t2024-13-45\n", r"m\.tsv:2: '2024-13-45' is no date"),
        ("path\tdate\na.txt\t24.7.\n", r"is no date — write it as 2024-07-24"),
        ("path\turl\na.txt\tjavascript:alert(1)\n", r"m\.tsv:2: .* is no address of the web — write it as https://"),
        ("path\tdate\na.txt\t\t\t\n", r"m\.tsv:2: 4 cells, but 2 columns"),
        ("path\tdate\n\t2024-01-01\n", r"m\.tsv:2: the row names no path"),
    ],
)
def test_faults_of_a_metadata_table_are_named(tmp_path, content, message):
    (tmp_path / "m.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_metadata([tmp_path / "m.tsv"])


def test_metadata_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_metadata([tmp_path / "none.tsv"])
    (tmp_path / "m.tsv").write_bytes("path\tregion\n甲\t乙\n".encode("gbk"))
    with pytest.raises(UsageError, match="is not UTF-8"):
        load_metadata([tmp_path / "m.tsv"])

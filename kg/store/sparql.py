"""Look at SPARQL text before an engine does: refuse what is not read-only, say where it is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Deeper nesting can end the engine's process (``shared/design/stack.md``), and no real question needs it.
MAX_DEPTH = 200
MAX_LENGTH = 1_000_000

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<string>\"{3}(?:[^\\"]|\\.|\"{1,2}(?!\"))*\"{3}|'{3}(?:[^\\']|\\.|'{1,2}(?!'))*'{3}
        |\"(?:[^\\"\n\r]|\\.)*\"|'(?:[^\\'\n\r]|\\.)*')
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?:[^\W\d_][\w.·-]*)?:(?:(?:[\w:\u3001-\ud7ff]|%[0-9A-Fa-f]{2}|\\.)(?:\.*(?:[\w:·\u3001-\ud7ff-]|%[0-9A-Fa-f]{2}|\\.))*)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<space>\s+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
#: What must not stand anywhere in a query of which it is not sure where its strings and comments are.
_OUTSIDE = re.compile("SERVICE|LOAD|FROM", re.IGNORECASE)
#: Kinds of tokens that may stand left of a comparison, and words that do not.
_OPERANDS = frozenset({"variable", "string", "number", "tag", "iri", "name", "word"})
_NO_OPERANDS = frozenset({"GRAPH", "A"})
_HIERARCHICAL = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_FOUND = re.compile(r"\(at char (\d+)\)")


class Token(NamedTuple):
    """Hold one token: its kind (``iri``, ``word``, ``sign`` …), its text and its offset in code points."""

    kind: str
    text: str
    offset: int


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query, without white space and comments."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "sign"
        if kind not in {"space", "comment"}:
            yield Token(kind, match.group(), match.start())


def place(query: str, offset: int) -> str:
    """Return ``line:column``, both from 1, the column in code points."""
    line = query.count("\n", 0, offset) + 1
    return f"{line}:{offset - query.rfind(chr(10), 0, offset)}"


def check_read_only(query: str, where: str) -> None:
    """Refuse what reaches outside the graph, changes it, or could end the process.

    The engine takes keywords without a blank before or behind them (``trueSERVICE:x``), so they are looked for inside words too.

    Raises:
        QueryError: The text is an update, calls ``SERVICE`` or ``LOAD``, nests too deep or is too long, or it could do so because a
            ``<`` in it can be read in two ways.
    """
    if len(query) > MAX_LENGTH:
        raise QueryError(where, f"the query is longer than {MAX_LENGTH:,} characters", "split it")
    depth, form, before, doubt = 0, "", Token("", "", 0), None
    for token in tokens(query):
        spot = _spot(query, token.offset, where)
        word = token.text.upper() if token.kind == "word" else ""
        start = word or (token.text.partition(":")[0].upper() if token.kind == "name" else "")
        form = form or (word if word in _FORMS else "")
        if "SERVICE" in start or word == "LOAD":
            problem = f"{'SERVICE' if 'SERVICE' in start else word} is refused: a query never leaves this graph"
            raise QueryError(spot, problem, "build the other data into the graph, or query it where it is")
        if word in _UPDATES and not form:
            raise QueryError(spot, f"{word} is an update; queries only read", f"use {', '.join(_FORMS)}")
        if token.kind == "name" and form and not depth and start.startswith(("FROM", "NAMED")):
            raise QueryError(spot, "a graph is named without a blank before it", "write FROM <IRI> or FROM NAMED <IRI>")
        if token.kind == "sign":
            depth += (token.text in "{([") - (token.text in "})]")
            if depth > MAX_DEPTH:
                raise QueryError(spot, f"nested more than {MAX_DEPTH} deep", "write it flatter")
        doubt = doubt or (token if depth and _is_doubtful(token, before) else None)
        before = token
    if doubt and (_OUTSIDE.search(query) or sum(map(query.count, "{([")) > MAX_DEPTH):
        hint = "write a blank behind < where it compares, and an IRI with a prefix"
        raise QueryError(_spot(query, doubt.offset, where), "here < may compare or open an IRI", hint)


def _is_doubtful(token: Token, before: Token) -> bool:
    """Tell whether what looks like an IRI may be a comparison instead, behind which a comment or a string begins: ``?a<?b#>``."""
    if token.kind != "iri" or not ("#" in token.text or "'" in token.text) or _HIERARCHICAL.match(token.text):
        return False
    return before.text in {")", "]"} or (before.kind in _OPERANDS and before.text.upper() not in _NO_OPERANDS)


def is_ordered(query: str) -> bool:
    """Tell whether the outermost solutions are ordered by the query itself."""
    depth, previous = 0, ""
    for token in tokens(query):
        if token.kind == "sign":
            depth += (token.text == "{") - (token.text == "}")
        word = token.text.upper() if token.kind == "word" else ""
        if depth == 0 and previous == "ORDER" and word == "BY":
            return True
        previous = word
    return False


def syntax_error(query: str, message: str, where: str, prefixes: Mapping[str, str], *, declared: bool = True) -> QueryError:
    """Return an error that shows the line at fault with a caret under the place.

    Oxigraph reports the furthest place that any alternative reached, often the end of the text; rdflib's parser stops at the
    token that does not fit, so its place is taken where it also finds a fault.

    Args:
        query: The text as the user gave it.
        message: What Oxigraph said.
        where: Name of the query in messages.
        prefixes: Namespace by prefix.
        declared: They are known without declaration.
    """
    offset, problem, hint = _unknown_prefix(query, prefixes, declared=declared) or _unparsed(query) or _reported(query, message)
    start = query.rfind("\n", 0, offset) + 1
    end = query.find("\n", offset)
    line = query[start : end if end >= 0 else len(query)]
    error = QueryError(_spot(query, offset, where), problem, hint)
    error.args = (f"{error}\n{_excerpt(line, offset - start)}",)
    return error


def _spot(query: str, offset: int, where: str) -> str:
    return f"{where}:{place(query, offset)}"


def _excerpt(line: str, column: int) -> str:
    """Return the line and a caret line; wide characters take two cells, long lines are cut around the place."""
    from kg.store.table import clean, width

    first = max(0, column - 60)
    shown = clean(line[first : column + 40])
    return f"  {shown}\n  {' ' * width(clean(line[first:column]))}^"


def _unknown_prefix(query: str, prefixes: Mapping[str, str], *, declared: bool) -> tuple[int, str, str] | None:
    known, before = set(prefixes if declared else ()), ""
    for token in tokens(query):
        if token.kind == "name":
            prefix = token.text.split(":", 1)[0]
            if before == "PREFIX":
                known.add(prefix)
            elif prefix not in known and prefix != "_":
                hint = f", or use one of {', '.join(sorted(known))}" if known else ""
                hint = f"declare it: PREFIX {prefix}: <{prefixes[prefix]}>" if prefix in prefixes else f"declare it with PREFIX{hint}"
                return token.offset, f"unknown prefix {prefix}:", hint
        before = token.text.upper() if token.kind == "word" else ""
    return None


def _unparsed(query: str) -> tuple[int, str, str] | None:
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery(query)
    except ParseException as error:
        found = _FOUND.search(str(error))
        offset = min(int(found.group(1)) if found else error.loc, len(query))
        rest = next((token.text for token in tokens(query[offset:])), "")
        problem = f"cannot read on at {rest!r}" if rest else "the query ends too early"
        hint = f"a query starts with {', '.join(_FORMS)}" if not query[:offset].strip() else "check the brackets, dots and quotes before it"
        return offset, problem, hint
    except Exception:  # noqa: BLE001 - a second opinion only: whatever else goes wrong in it, Oxigraph's own message stands
        return None
    return None


def _reported(query: str, message: str) -> tuple[int, str, str]:
    found = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if not found:
        return 0, message.splitlines()[0] if message else "cannot be read", ""
    lines = query.split("\n")
    row = min(int(found.group(1)), len(lines)) - 1
    offset = sum(len(line) + 1 for line in lines[:row]) + min(int(found.group(2)) - 1, len(lines[row]))
    wanted = re.sub(r"\[[^\]]*\]", "", found.group(3).replace("\n", " "))
    sayings = [part.strip() for part in wanted.removeprefix("expected one of").split(",") if " " in part.strip()]
    return offset, "; ".join(sayings) or "cannot be read from here", ""

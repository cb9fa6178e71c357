"""Say of each row of an answer which sentences it rests on.

The query is run once more without its projection and modifiers, so that the nodes it passes through are seen. Of those nodes that
belong to one row count, in this order: evidence among them, evidence of the claims between them and that of the provisions; only
where there is none of these the mentions of the nodes themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.namespaces import DCTERMS, EPM, ID, OA, RDF
from kg.store.query import Rows, select
from kg.store.sparql import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.store.query import OpenGraph, Term
    from kg.store.sparql import Token

#: Columns that are added.
EVIDENCE, LABEL = "evidence", "Label"
#: Sentences shown for a row at most, and nodes in one list of VALUES.
_MOST, _MANY = 5, 500
_EVIDENCE, _PROVISION = f"<{ID}evidence/", f"<{ID}provision/"
_IDS = f"<{ID}"


def with_evidence(answer: Rows, query: str, graph: OpenGraph) -> Rows:
    """Return the answer with one column more: ``file:start-end sentence`` in each line, offsets in code points.

    A row that counts or sums, without one node or text of its own, has none.
    """
    from pyoxigraph import Literal

    nodes = _nodes_of_rows(answer, query, graph)
    found = _Evidence(graph, {node for each in nodes for node in each})
    rows = []
    for row, each in zip(answer.rows, nodes, strict=True):
        lines = found.lines(each)
        more = [f"(+{len(lines) - _MOST})"] if len(lines) > _MOST else []
        rows.append((*row, Literal("\n".join([*lines[:_MOST], *more])) if lines else None))
    return Rows((*answer.variables, EVIDENCE), tuple(rows))


def with_labels(answer: Rows, graph: OpenGraph) -> Rows:
    """Return the answer with a column ``…Label`` behind each column that holds nodes."""
    from pyoxigraph import Literal, NamedNode

    from kg.store.results import fetch_labels, label_of

    fetch_labels(answer, graph)
    with_nodes = {index for row in answer.rows for index, term in enumerate(row) if isinstance(term, NamedNode)}
    variables: list[str] = []
    for index, name in enumerate(answer.variables):
        variables += [name, name + LABEL] if index in with_nodes else [name]
    labels: dict[Term, Term | None] = {}
    rows = []
    for row in answer.rows:
        cells: list[Term | None] = []
        for index, term in enumerate(row):
            cells.append(term)
            if index in with_nodes:
                if isinstance(term, NamedNode) and term not in labels:
                    label = label_of(term, graph)
                    labels[term] = Literal(label) if label else None
                cells.append(labels.get(term) if term is not None else None)
        rows.append(tuple(cells))
    return Rows(tuple(variables), tuple(rows))


def _nodes_of_rows(answer: Rows, query: str, graph: OpenGraph) -> list[set[str]]:
    """Return for each row the nodes (``<IRI>``) that its solutions pass through, or at least those in it."""
    own = [{str(term) for term in row if str(term).startswith(_IDS)} for row in answer.rows]
    wide = _widened(query)
    if wide is None:
        return own
    text, keys = wide
    keys = [key for key in keys if key in answer.variables]
    if not keys:
        return own
    variables, rows = _all(text, graph)
    places = [variables.index(key) for key in keys if key in variables]
    if len(places) < len(keys):
        return own
    by_key: dict[tuple[Term | None, ...], set[str]] = {}
    for row in rows:
        held = by_key.setdefault(tuple(row[place] for place in places), set())
        held.update(str(term) for term in row if str(term).startswith(_IDS))
    columns = [answer.variables.index(key) for key in keys]
    return [each | by_key.get(tuple(row[column] for column in columns), set()) for each, row in zip(own, answer.rows, strict=True)]


def _all(text: str, graph: OpenGraph) -> tuple[list[str], list[tuple[Term | None, ...]]]:
    from kg.store.query import run_query

    answer = run_query(graph, text, "query")
    assert isinstance(answer, Rows)
    return list(answer.variables), list(answer.rows)


def _widened(query: str) -> tuple[str, list[str]] | None:
    """Return the outermost SELECT with ``*`` and without modifiers, and the variables that it projects as they are."""
    depth, start, opened = 0, -1, -1
    keys: list[str] = []
    projection_end = -1
    for token in tokens(query):
        if start < 0:
            start = token.offset if _word(token) == "SELECT" else -1
            continue
        if opened < 0:
            projection_end, keys = _project(token, projection_end, keys, depth)
        if token.kind == "sign" and token.text in "()":
            depth += 1 if token.text == "(" else -1
        if token.kind == "sign" and token.text in "{}" and (opened >= 0 or depth == 0):
            opened = token.offset if opened < 0 else opened
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                return f"{query[:start]}SELECT * {query[projection_end : token.offset + 1]}", keys
    return None


def _project(token: Token, end: int, keys: list[str], depth: int) -> tuple[int, list[str]]:
    """Follow the projection: return where it ends, -1 if not here, and the variables so far that stand alone."""
    if end >= 0:
        return end, keys
    if depth == 0 and (_word(token) in {"FROM", "WHERE"} or token.text == "{"):
        return token.offset, keys
    return -1, [*keys, token.text[1:]] if token.kind == "variable" and depth == 0 else keys


def _word(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else ""


class _Evidence:
    """Hold the evidence of some nodes and of the claims between them.

    Args:
        graph: Where they are.
        nodes: Each as ``<IRI>``.
    """

    def __init__(self, graph: OpenGraph, nodes: set[str]) -> None:
        self._graph = graph
        self._direct = {node for node in nodes if node.startswith(_EVIDENCE)}
        self._of_claim: dict[tuple[str, str], list[str]] = {}
        self._of_node: dict[str, list[str]] = {}
        rest = sorted(nodes - self._direct)
        for subject, object_, found in self._select("s", rest, f"?e <{RDF}subject> ?s ; <{RDF}object> ?o", "?s ?o ?e"):
            if object_ in nodes:
                self._of_claim.setdefault((subject, object_), []).append(found)
        for node, found in self._select("s", rest, f"?s <{EPM}hasEvidence> ?e", "?s ?e"):
            self._of_node.setdefault(node, []).append(found)
        self._shown = self._sentences()

    def lines(self, nodes: set[str]) -> list[str]:
        """Return the evidence of one row, sorted by file and place."""
        found = nodes & self._direct
        if not found:
            found = {each for claim, evidence in self._of_claim.items() if claim[0] in nodes and claim[1] in nodes for each in evidence}
            found |= {each for node in nodes if node.startswith(_PROVISION) for each in self._of_node.get(node, ())}
        if not found:
            found = {each for node in nodes for each in self._of_node.get(node, ())}
        shown = sorted({self._shown[each] for each in found if each in self._shown})
        return [f"{file}:{start}-{end} {sentence}" for file, start, end, sentence in shown]

    def _sentences(self) -> dict[str, tuple[str, int, int, str]]:
        wanted = self._direct | {each for listed in (*self._of_claim.values(), *self._of_node.values()) for each in listed}
        pattern = (
            f"?e <{EPM}inText> ?text ; <{OA}start> ?start ; <{OA}end> ?end ; <{OA}exact> ?exact . ?text <{DCTERMS}identifier> ?file "
            f"OPTIONAL {{ ?e <{EPM}sentence> ?sentence }}"
        )
        shown = {}
        for node, file, start, end, exact, sentence in self._select("e", sorted(wanted), pattern, "?e ?file ?start ?end ?exact ?sentence"):
            shown[node] = (file, int(start), int(end), " ".join((sentence or exact).split()))
        return shown

    def _select(self, variable: str, values: list[str], pattern: str, what: str) -> Iterator[list[str]]:
        """Yield rows as text, IRIs as ``<IRI>``, for many values of one variable."""
        for start in range(0, len(values), _MANY):
            listed = " ".join(values[start : start + _MANY])
            for row in select(self._graph, f"SELECT DISTINCT {what} {{ VALUES ?{variable} {{ {listed} }} {pattern} }}"):
                yield list(_texts(row))


def _texts(row: Iterable[Term | None]) -> Iterator[str]:
    from pyoxigraph import Literal

    for term in row:
        yield "" if term is None else term.value if isinstance(term, Literal) else str(term)

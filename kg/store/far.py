"""Put queries to a triple store that runs elsewhere, as if its graph were open here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.store.remote import SERVERS_OWN
from kg.store.server import ServerError, shown
from kg.store.sparql import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad, Triple

    from kg.store.query import Term
    from kg.store.server import Server
    from kg.store.sparql import Token

#: Terms in one list of VALUES.
_MANY = 200
_NTRIPLES = "application/n-triples, text/turtle;q=0.9"
_ASKED = "__ASK_RETVAL"


class FarStore:
    """Answer what an embedded store answers, by queries to a server.

    Args:
        server: Which.
        facts: IRI of the graph that stands for the default graph, or ``default`` for the server's own.
        prefixes: Namespace by prefix, declared in every query that uses them.
    """

    def __init__(self, server: Server, facts: str, prefixes: Mapping[str, str]) -> None:
        self.server, self.prefixes = server, prefixes
        self.facts = "" if facts == SERVERS_OWN else facts
        self._literals: dict[tuple[str, str], list[Quad]] = {}

    def rows(self, text: str) -> tuple[tuple[str, ...], list[tuple[Term | None, ...]]]:
        """Run SELECT and return its variables and rows.

        Raises:
            QueryError: The server does not take the query.
            ServerError: It does not answer, or cut the answer short.
        """
        from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

        body = self._run(text)
        try:
            found = parse_query_results(body.encode(), format=QueryResultsFormat.JSON)
            assert isinstance(found, QuerySolutions)
            variables = tuple(variable.value for variable in found.variables)
            rows = [tuple(solution[name] for name in variables) for solution in found]
        except (SyntaxError, ValueError, AssertionError) as error:
            raise ServerError(shown(self.server.at.query), f"did not send a SPARQL result ({error})", "check the address") from error
        most = self.server.most_rows
        if most and len(rows) >= most:
            where = shown(self.server.at.query)
            raise ServerError(
                where, f"cut the answer off at {most} rows", "ask for parts with LIMIT and OFFSET, or raise the server's limit"
            )
        return variables, rows

    def truth(self, text: str) -> bool:
        """Run ASK."""
        told = json.loads(self._run(text))
        if "boolean" in told:
            return bool(told["boolean"])
        rows = told["results"]["bindings"]  # Virtuoso's form: one row that says 1, or none
        return bool(rows) and str(rows[0][_ASKED]["value"]) in {"1", "true"}

    def statements(self, text: str) -> set[Triple]:
        """Run CONSTRUCT or DESCRIBE."""
        from pyoxigraph import RdfFormat, parse

        body = self._run(text, _NTRIPLES)
        try:
            return {quad.triple for quad in parse(body.encode(), format=RdfFormat.TURTLE)}
        except (SyntaxError, ValueError) as error:
            raise ServerError(shown(self.server.at.query), f"did not send Turtle ({error})", "check the address") from error

    def quads_for_pattern(self, subject: Term | None, predicate: Term | None, object_: Term | None, graph: object = None) -> Iterator[Quad]:
        """Yield the quads of the facts that fit, each in the default graph; literals that :meth:`remember` fetched are not asked for again."""
        from pyoxigraph import Quad

        del graph
        known = self._literals.get((str(subject), str(predicate)))
        if object_ is None and known is not None:
            yield from known
            return
        terms = [str(term) if term is not None else f"?{name}" for name, term in zip("spo", (subject, predicate, object_), strict=True)]
        given = dict(zip("spo", (subject, predicate, object_), strict=True))
        _, rows = self.rows(f"SELECT ?s ?p ?o {{ {' '.join(terms)} }}")
        for row in rows:
            s, p, o = (given[name] if given[name] is not None else value for name, value in zip("spo", row, strict=True))
            yield Quad(s, p, o)  # type: ignore[arg-type]

    def remember(self, nodes: Iterable[Term], predicates: Sequence[str]) -> None:
        """Fetch what some nodes have under some predicates, few queries for many nodes."""
        from pyoxigraph import NamedNode, Quad

        wanted = sorted({str(node) for node in nodes})
        for node in wanted:
            for predicate in predicates:
                self._literals.setdefault((node, f"<{predicate}>"), [])
        for start in range(0, len(wanted), _MANY):
            listed = " ".join(wanted[start : start + _MANY])
            for predicate in predicates:
                for s, o in self.rows(f"SELECT ?s ?o {{ VALUES ?s {{ {listed} }} ?s <{predicate}> ?o }}")[1]:
                    self._literals[str(s), f"<{predicate}>"].append(Quad(s, NamedNode(predicate), o))  # type: ignore[arg-type]

    def named(self, classes: Sequence[str], predicates: Sequence[str], names: Iterable[str]) -> Iterator[tuple[Term, str, str]]:
        """Yield node, predicate and label of what bears one of some names, or of everything where no names are given.

        Args:
            classes: IRIs of the classes to look in.
            predicates: IRIs of the properties that hold names.
            names: Exact forms to look for.
        """
        kinds, properties = (" ".join(f"<{each}>" for each in listed) for listed in (classes, predicates))
        listed = ", ".join(_quoted(name) for name in sorted(set(names)))
        only = f"FILTER(STR(?label) IN ({listed}))" if listed else ""
        pattern = f"VALUES ?kind {{ {kinds} }} VALUES ?p {{ {properties} }} ?node a ?kind ; ?p ?label FILTER(ISLITERAL(?label)) {only}"
        for node, predicate, label in self.rows(f"SELECT DISTINCT ?node ?p ?label {{ {pattern} }}")[1]:
            if node is not None and predicate is not None and label is not None:
                yield node, str(predicate)[1:-1], label.value  # type: ignore[union-attr]

    def _run(self, text: str, form: str = "application/sparql-results+json") -> str:
        declared = {one.text.split(":", 1)[0] for one, before in _pairs(text) if one.kind == "name" and before == "PREFIX"}
        used = {one.text.split(":", 1)[0] for one, _ in _pairs(text) if one.kind == "name"}
        head = "".join(f"PREFIX {prefix}: <{self.prefixes[prefix]}>\n" for prefix in sorted((used - declared) & self.prefixes.keys()))
        try:
            return self.server.query(head + text, default_graph=self.facts, form=form)
        except ServerError as error:
            if error.status == 400:  # noqa: PLR2004 - bad request
                raise QueryError(error.where, f"does not take the query: {error.what}", error.hint) from error
            raise


def _pairs(text: str) -> Iterator[tuple[Token, str]]:
    """Yield each token with the word before it in upper case."""
    before = ""
    for token in tokens(text):
        yield token, before
        before = token.text.upper() if token.kind == "word" else ""


def _quoted(text: str) -> str:
    from pyoxigraph import Literal

    return str(Literal(text))

"""Write JSON-LD 1.1: one node object a line, the named graphs of the texts after the default graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.rdf.namespaces import ID, RDF
from kg.rdf.terms import Triple, address_of, iri, is_iri, parse_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TYPE = iri(RDF + "type")
_JSON = RDF + "JSON"


def jsonld(triples: Iterable[Triple], graphs: Mapping[str, list[Triple]], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Yield the pieces of a JSON-LD document.

    Args:
        triples: The default graph.
        graphs: The named graphs by text id.
        prefixes: Namespace by prefix, for the context.
    """
    names = _Names(prefixes)
    yield '{"@context": ' + _dumps(dict(sorted(prefixes.items()))) + ',\n "@graph": [\n'
    blocks = [_dumps(node) for node in _nodes(triples, names)]
    for text, found in sorted(graphs.items()):
        inner = ",\n   ".join(_dumps(node) for node in _nodes(found, names))
        name = _dumps(names[ID + text])
        blocks.append(f'{{"@id": {name}, "@graph": [\n   {inner}]}}')
    yield ",\n  ".join(("  " if number == 0 else "") + block for number, block in enumerate(blocks))
    yield "]}\n"


_dumps = json.JSONEncoder(ensure_ascii=False).encode


class _Names(dict[str, str]):
    """Hold the compact form of each address asked for."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._by_namespace = {namespace: prefix for prefix, namespace in sorted(prefixes.items(), reverse=True)}

    def __missing__(self, address: str) -> str:
        """Shorten an address that is asked for the first time."""
        cut = max(address.rfind("/"), address.rfind("#")) + 1
        prefix = self._by_namespace.get(address[:cut])
        found = self[address] = address if prefix is None else f"{prefix}:{address[cut:]}"
        return found


def _nodes(triples: Iterable[Triple], names: _Names) -> Iterator[dict[str, Any]]:
    by_subject: dict[str, set[tuple[str, str]]] = {}
    for subject, predicate, object_ in triples:
        by_subject.setdefault(subject, set()).add((predicate, object_))
    for subject in sorted(by_subject):
        node: dict[str, Any] = {"@id": names[address_of(subject)]}
        statements = sorted(by_subject[subject])
        types = [names[address_of(object_)] for predicate, object_ in statements if predicate == _TYPE]
        if types:
            node["@type"] = types
        for predicate, object_ in statements:
            if predicate != _TYPE:
                node.setdefault(names[address_of(predicate)], []).append(_value(object_, names))
        yield node


def _value(term: str, names: _Names) -> dict[str, Any]:
    if is_iri(term):
        return {"@id": names[address_of(term)]}
    text, language, datatype = parse_literal(term)
    if language:
        return {"@value": text, "@language": language}
    if datatype == _JSON:
        return {"@value": json.loads(text), "@type": "@json"}
    return {"@value": text, "@type": names[datatype]} if datatype else {"@value": text}

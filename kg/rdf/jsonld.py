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
    namespaces = {namespace: prefix for prefix, namespace in sorted(prefixes.items(), reverse=True)}
    yield '{"@context": ' + _dumps(dict(sorted(prefixes.items()))) + ',\n "@graph": [\n'
    blocks = [_dumps(node) for node in _nodes(triples, namespaces)]
    for text, found in sorted(graphs.items()):
        inner = ",\n   ".join(_dumps(node) for node in _nodes(found, namespaces))
        name = _dumps(_compact(ID + text, namespaces))
        blocks.append(f'{{"@id": {name}, "@graph": [\n   {inner}]}}')
    yield ",\n  ".join(("  " if number == 0 else "") + block for number, block in enumerate(blocks))
    yield "]}\n"


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _compact(address: str, namespaces: Mapping[str, str]) -> str:
    cut = max(address.rfind("/"), address.rfind("#")) + 1
    prefix = namespaces.get(address[:cut])
    return address if prefix is None else f"{prefix}:{address[cut:]}"


def _nodes(triples: Iterable[Triple], namespaces: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    by_subject: dict[str, set[tuple[str, str]]] = {}
    for subject, predicate, object_ in triples:
        by_subject.setdefault(subject, set()).add((predicate, object_))
    for subject in sorted(by_subject):
        node: dict[str, Any] = {"@id": _compact(address_of(subject), namespaces)}
        for predicate, object_ in sorted(by_subject[subject], key=lambda pair: (pair[0] != _TYPE, pair)):
            if predicate == _TYPE:
                node.setdefault("@type", []).append(_compact(address_of(object_), namespaces))
            else:
                node.setdefault(_compact(address_of(predicate), namespaces), []).append(_value(object_, namespaces))
        yield node


def _value(term: str, namespaces: Mapping[str, str]) -> dict[str, Any]:
    if is_iri(term):
        return {"@id": _compact(address_of(term), namespaces)}
    text, language, datatype = parse_literal(term)
    if language:
        return {"@value": text, "@language": language}
    if datatype == _JSON:
        return {"@value": json.loads(text), "@type": "@json"}
    return {"@value": text, "@type": _compact(datatype, namespaces)} if datatype else {"@value": text}

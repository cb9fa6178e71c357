"""Name the namespaces; whoever registers another address changes ``ROOT`` here and the files under ``ontology/``."""

from __future__ import annotations

from kg.model import SEGMENTS

#: Everything of ours lies under it.
ROOT = "https://w3id.org/epm/"
#: Classes and properties.
EPM = ROOT + "ns#"
#: Nodes of the graph: ``ID`` and the node's key.
ID = ROOT + "id/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
SCHEMA = "https://schema.org/"
SH = "http://www.w3.org/ns/shacl#"

#: Prefixes of every file that we write; those of the concept schemes come from the domain.
PREFIXES: dict[str, str] = {
    "epm": EPM,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "oa": OA,
    "schema": SCHEMA,
    **{segment: f"{ID}{segment}/" for segment in SEGMENTS.values()},
}

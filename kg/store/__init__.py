"""Put a graph into an embedded store and ask it: any read-only SPARQL, and the named questions of the domain.

``query`` opens and runs, ``questions`` reads the named ones, ``terms`` turns what a user writes into RDF terms,
``sparql`` refuses what must not run and says where a query is wrong, ``results`` and ``table`` write answers.
"""

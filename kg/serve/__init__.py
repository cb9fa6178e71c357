"""Serve a graph over HTTP, for reading only: SPARQL 1.1 Protocol, Graph Store Protocol, a query page, and pages of the nodes.

The parent process (``listener``, ``site``, ``protocol``, ``negotiate``, ``pages``) never opens the store: no engine call can be cancelled,
and some queries end the process that runs them. Queries run in worker processes (``worker``, ``answers``, ``datasets``, ``nodes``,
``service``) that ``pool`` hands jobs over a socket (``frames``), kills at the deadline and replaces; ``confine`` takes network and
memory from them. They read copies of the source that ``snapshots`` makes, so a load beside them disturbs nobody.
"""

"""Answer questions about a graph that need more than a query: explain a node."""

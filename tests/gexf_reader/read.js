// Print as JSON what graphology-gexf (the reader of Gephi Lite) finds in a GEXF file: node read.js FILE
import { readFileSync } from "node:fs";
import graphology from "graphology";
import gexf from "graphology-gexf";

const graph = gexf.parse(graphology.MultiDirectedGraph, readFileSync(process.argv[2], "utf8"));
const found = { nodes: graph.order, edges: graph.size, categories: {}, kinds: {}, drawn: 0, aliases: {}, predicates: 0 };
graph.forEachNode((_, node) => {
  found.categories[node.category] = (found.categories[node.category] ?? 0) + 1;
  if (Number.isFinite(node.x) && Number.isFinite(node.y) && node.size > 0 && node.color) found.drawn += 1;
  if (Array.isArray(node.aliases)) found.aliases[node.node_id] = node.aliases;
});
graph.forEachEdge((_, edge) => {
  if (edge.kind) found.kinds[edge.kind] = (found.kinds[edge.kind] ?? 0) + 1;
  if (Array.isArray(edge.predicates)) found.predicates += edge.predicates.length;
});
process.stdout.write(JSON.stringify(found) + "\n");

/** Decide what is shown: by type, relation, region, document, year and confidence. */

/** Return the filter that a state asks for; ids it does not know are ignored. */
export function filterOf(state, model) {
  const list = (text) => new Set((text ?? "").split(",").filter(Boolean));
  const [from, to] = (state.y ?? "").split("-").map(Number);
  const region = model.byId.get(state.r);
  return {
    types: list(state.k),
    predicates: list(state.p),
    region: region?.type === "Region" ? region : null,
    text: model.textOf.get(state.d) ?? null,
    from: from || 0,
    to: to || 0,
    confidence: Math.min(100, Math.max(0, Number(state.c) || 0)),
  };
}

/** Return how many kinds of filter are set. */
export function active(filter) {
  return [filter.types.size, filter.predicates.size, filter.region, filter.text, filter.from || filter.to, filter.confidence].filter(Boolean).length;
}

/** Return a byte for each node and each edge: 1 where it passes. */
export function apply(filter, model) {
  const regions = filter.region && model.regionsWithin(filter.region);
  const speaks = filter.text && textNodes(filter.text, model);
  const nodes = new Uint8Array(model.nodes.length);
  for (const node of model.nodes) {
    nodes[node.i] = !filter.types.has(node.type) && node.confidence >= filter.confidence
      && (!regions || node.regions.some((region) => regions.has(region)))
      && (!speaks || speaks.has(node)) && inYears(filter, node.years) ? 1 : 0;
  }
  const edges = new Uint8Array(model.edges.length);
  for (const edge of model.edges) {
    edges[edge.i] = nodes[edge.source.i] && nodes[edge.target.i] && !filter.predicates.has(edge.predicate.id)
      && edge.confidence >= filter.confidence
      && (!filter.text || !edge.evidence.length || edge.evidence.some((e) => model.evidence.text[e] === filter.text.i)) ? 1 : 0;
  }
  return { nodes, edges };
}

function inYears({ from, to }, years) {
  if (!from && !to) return true;
  return years.some((year) => year >= (from || 0) && year <= (to || 9999));
}

/** Return the nodes that a text names, that it grants a fact about, and itself. */
function textNodes(text, model) {
  const found = new Set([text.node]);
  for (const e of model.evidenceIn(text)) {
    for (const node of model.nodesOf.get(e) ?? []) found.add(node);
    for (const edge of model.edgesOf.get(e) ?? []) found.add(edge.source).add(edge.target);
  }
  return found;
}

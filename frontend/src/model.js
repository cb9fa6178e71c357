/** Read the data block and tie its tables together. `docs/explorer.md` describes the tables. */

const ASTRAL = /[\ud800-\udfff]/;

/** Return the content of the data block. */
export async function readData(element) {
  const text = element.textContent;
  if (element.type === "application/json") return JSON.parse(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** Hold a part of a text; offsets are code points, as everywhere in the graph. */
class Piece {
  constructor(start, words) {
    this.start = start;
    this.words = words;
    this.units = ASTRAL.test(words) ? Array.from(words) : words;
    this.end = start + this.units.length;
  }

  slice(from, to) {
    const part = this.units.slice(from - this.start, to - this.start);
    return typeof part === "string" ? part : part.join("");
  }

  /** Return the number of code points before a place in UTF-16 units. */
  points(unit) {
    return typeof this.units === "string" ? unit : Array.from(this.words.slice(0, unit)).length;
  }
}

/** Hold a node; regions, years and texts are its own, else those of the texts that speak of it. */
class Node {
  #inTexts;
  #regions;
  #years;

  constructor(model, i, columns) {
    this.model = model;
    this.i = i;
    this.outgoing = [];
    this.incoming = [];
    Object.assign(this, columns);
  }

  get degree() {
    return this.outgoing.length + this.incoming.length;
  }

  targets(id) {
    return this.outgoing.filter((edge) => edge.predicate.id === id).map((edge) => edge.target);
  }

  /** The region that holds a region, or null. */
  get parent() {
    return this.targets("isPartOf")[0] ?? null;
  }

  /** Numbers of the texts that name it; a text is in itself. */
  get inTexts() {
    if (!this.#inTexts) {
      this.#inTexts = new Set(this.mentions.map((e) => this.model.evidence.text[e]));
      if (this.type === "SourceText") this.#inTexts.add(this.model.textOf.get(this.id)?.i ?? -1);
    }
    return this.#inTexts;
  }

  #spoken() {
    return [...this.inTexts].map((text) => this.model.texts[text]?.node).filter((node) => node && node !== this);
  }

  get regions() {
    if (!this.#regions) {
      const own = this.type === "Region" ? [this] : this.targets("appliesTo");
      this.#regions = own.length ? own : [...new Set(this.#spoken().flatMap((text) => text.targets("appliesTo")))];
    }
    return this.#regions;
  }

  get years() {
    if (!this.#years) {
      const own = years(this);
      this.#years = own.length || this.type === "Region" ? own : [...new Set(this.#spoken().flatMap((text) => years(text)))];
    }
    return this.#years;
  }
}

/** Hold a relation of two nodes, with the rows of evidence that grant it. */
class Edge {
  constructor(model, i, source, target, predicate, confidence, evidence) {
    this.model = model;
    this.i = i;
    this.source = source;
    this.target = target;
    this.predicate = predicate;
    this.confidence = confidence;
    this.evidence = evidence;
  }

  /** The number of texts that state it. */
  get texts() {
    return new Set(this.evidence.map((e) => this.model.evidence.text[e])).size;
  }
}

function gather(owners, rows) {
  const found = new Map();
  for (const owner of owners) {
    for (const e of rows(owner)) {
      if (found.has(e)) found.get(e).push(owner);
      else found.set(e, [owner]);
    }
  }
  return found;
}

/** Hold nodes, edges, evidence and texts. */
export class Model {
  constructor(data) {
    this.data = data;
    this.types = data.types.map(([id, ...words]) => ({ id, words }));
    this.typeOf = new Map(this.types.map((type) => [type.id, type]));
    this.predicates = data.predicates.map(([id, ...words]) => ({ id, words }));
    this.concepts = new Map(data.concepts.map(([id, zh, en, above]) => [id, { id, words: [zh, en], above }]));
    this.evidence = data.evidence;
    this.#readNodes();
    this.#readEdges();
    this.texts = data.texts.map(({ node, length, pieces }, i) => ({
      i, node: this.nodes[node], length, pieces: pieces.map(([start, words]) => new Piece(start, words)),
    }));
    this.textOf = new Map(this.texts.map((text) => [text.node.id, text]));
  }

  #readNodes() {
    const { nodes, segments, drawn, mentions } = this.data;
    this.drawn = drawn;
    this.nodes = nodes.name.map((name, i) => new Node(this, i, {
      name, type: nodes.type[i], id: nodes.id[i] || `${segments[nodes.type[i]]}/${name}`, confidence: nodes.confidence[i],
      extra: nodes.extra[i], mentions: mentions[i], drawn: i < drawn, x: nodes.x[i], y: nodes.y[i], size: nodes.size[i], texts: nodes.texts[i],
    }));
    this.things = this.nodes.filter((node) => node.type !== "Provision" && node.type !== "SourceText").length;
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.regions = this.nodes.filter((node) => node.type === "Region");
  }

  #readEdges() {
    const { edges } = this.data;
    const { source, target, predicate, confidence, evidence } = edges;
    this.edges = new Array(source.length);
    for (let i = 0; i < source.length; i++) {
      const edge = new Edge(this, i, this.nodes[source[i]], this.nodes[target[i]], this.predicates[predicate[i]], confidence[i], evidence[i]);
      this.edges[i] = edge;
      edge.source.outgoing.push(edge);
      edge.target.incoming.push(edge);
    }
  }

  /** For each row of evidence the edges that it grants. */
  get edgesOf() {
    this.cachedEdgesOf ??= gather(this.edges, (edge) => edge.evidence);
    return this.cachedEdgesOf;
  }

  /** For each row of evidence the nodes that it names. */
  get nodesOf() {
    this.cachedNodesOf ??= gather(this.nodes, (node) => node.mentions);
    return this.cachedNodesOf;
  }

  /** Return the rows of evidence that stand in a text. */
  evidenceIn(text) {
    if (!this.cachedEvidence) {
      this.cachedEvidence = this.texts.map(() => []);
      this.evidence.text.forEach((of, e) => this.cachedEvidence[of].push(e));
    }
    return this.cachedEvidence[text.i];
  }

  /** Return the region and everything inside it. */
  regionsWithin(region) {
    const inside = new Set();
    for (const each of this.regions) {
      for (let up = each, steps = 0; up && steps < 12; up = up.parent, steps++) {
        if (up === region) inside.add(each);
      }
    }
    return inside;
  }

  /** Return where a row of evidence stands: text, quotation and sentence. */
  place(e) {
    const { text, start, length, before, after, rule, rules, confidence } = this.evidence;
    return { e, text: this.texts[text[e]], start: start[e], end: start[e] + length[e], left: start[e] - before[e],
      right: start[e] + length[e] + after[e], rule: rules[rule[e]], confidence: confidence[e] };
  }

  conceptName(id) {
    return this.concepts.get(id)?.words;
  }
}

function years(node) {
  const { date, period } = node.extra;
  const found = String(date ?? period ?? "").match(/\d{4}(?=-|\.\.|$)/g) ?? [];
  if (found.length === 2) {
    const [from, to] = found.map(Number);
    if (to >= from && to - from < 60) return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }
  return found.map(Number);
}

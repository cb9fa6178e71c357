/** Draw the graph with sigma: the whole at the places that the build computed, or one node with its neighbours in columns. */

import { DirectedGraph } from "graphology";
import Sigma from "sigma";
import { EdgeArrowProgram, EdgeLineProgram } from "sigma/rendering";
import { shown } from "./dom.js";
import { pick } from "./words.js";

const ROW = 22; // between neighbours in a column, px at the first zoom
const COLUMN = 230; // of a column, px
const GAP = 96; // from the focused node to the first column
const MOST = 96; // neighbours drawn on one side
const LABELLED = 70; // nodes whose size asks for a label at the first zoom
const LABEL = 16; // characters of a label in the picture

/** Tell whether this browser can draw with WebGL 2. */
export function canDraw() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

const short = (text, length = LABEL) => ([...text].length > length ? `${[...text].slice(0, length - 1).join("")}…` : text);

/** Return the mixture of two colours `#rrggbb`; WebGL would add transparent ones up. */
function mix(colour, other, share) {
  const parts = (one) => [1, 3, 5].map((at) => Number.parseInt(one.slice(at, at + 2), 16));
  const under = parts(other);
  return `#${parts(colour).map((part, n) => Math.round(part * share + under[n] * (1 - share)).toString(16).padStart(2, "0")).join("")}`;
}

export class Canvas {
  /** @param handlers `open(node)`, `focus(node)` and `clear()`. */
  constructor(element, model, handlers) {
    Object.assign(this, { element, model, handlers, selected: null, hovered: null, focused: null });
    this.visible = { nodes: new Uint8Array(model.nodes.length).fill(1), edges: new Uint8Array(model.edges.length).fill(1) };
    this.readColours();
    this.makeGraph();
    this.near = new Set();
    this.taken = [];
  }

  /** Draw for the first time. */
  start() {
    this.sigma = new Sigma(this.graph, this.element, this.settings());
    this.listen();
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.colours = { paper: colour("--canvas"), raised: colour("--raised"), line: colour("--line"), ink: colour("--ink"), muted: colour("--muted"), edge: colour("--edge"), strong: colour("--edge-strong"), faint: colour("--faint"), font: colour("--sans") };
    this.typeColours = Object.fromEntries(this.model.types.map(({ id }) => [id, colour(`--type-${id}`) || colour("--muted")]));
  }

  makeGraph() {
    const { model } = this;
    this.graph = new DirectedGraph();
    // The layout keeps discs of these sizes apart; drawn larger than its scale they would cover each other.
    const extent = model.nodes.slice(0, model.drawn).reduce((most, { x, y }) => Math.max(most, Math.abs(x), Math.abs(y)), 1);
    const scale = Math.min(0.46, 480 / extent);
    for (const node of model.nodes) {
      if (!node.drawn) continue;
      this.graph.addNode(node.i, { x: node.x, y: -node.y, size: Math.max(1.5, node.size * scale), label: shown(short(node.name)), node });
    }
    const sizes = this.graph.mapNodes((_, { size }) => size).sort((a, b) => b - a);
    this.labelled = Math.max(2, sizes[Math.min(LABELLED, sizes.length - 1)] ?? 0);
    this.pairs = new Map(); // one line for a pair, whatever the number of its relations
    for (const edge of model.edges) {
      const { source, target } = edge;
      if (!source.drawn || !target.drawn || source === target) continue;
      const key = source.i < target.i ? `${source.i}-${target.i}` : `${target.i}-${source.i}`;
      const pair = this.pairs.get(key);
      if (pair) pair.push(edge);
      else {
        this.pairs.set(key, [edge]);
        this.graph.addEdgeWithKey(key, source.i, target.i, { size: 1, edges: this.pairs.get(key) });
      }
    }
  }

  settings() {
    const { colours } = this;
    return {
      allowInvalidContainer: true,
      defaultEdgeType: "line",
      edgeProgramClasses: { line: EdgeLineProgram, arrow: EdgeArrowProgram },
      labelFont: colours.font, labelSize: 12.5, labelWeight: "500", labelDensity: 0.9, labelGridCellSize: 110, labelRenderedSizeThreshold: this.labelled,
      hideEdgesOnMove: this.graph.size > 20000,
      minCameraRatio: 0.02, maxCameraRatio: 3, stagePadding: 36, zIndex: true,
      nodeReducer: (key, data) => this.nodeLook(key, data),
      edgeReducer: (key, data) => this.edgeLook(key, data),
      defaultDrawNodeLabel: (context, data, settings) => this.drawLabel(context, data, settings),
      defaultDrawNodeHover: (context, data, settings) => this.drawHover(context, data, settings),
    };
  }

  nodeLook(key, data) {
    if (data.heading) return { ...data, color: "rgba(0,0,0,0)", forceLabel: true, hidden: !this.focused };
    const { node } = data;
    const look = { ...data, color: this.typeColours[node.type] };
    if (this.focused) {
      const place = this.places.get(node.i);
      if (!place) return { ...look, hidden: true, label: "" };
      return { ...look, side: place.side, forceLabel: true, label: place.side ? shown(short(node.name, this.letters)) : look.label, size: place.side ? 5.5 : 12, highlighted: node.i === this.hovered, zIndex: 1, strong: !place.side };
    }
    if (!this.visible.nodes[node.i]) return { ...look, hidden: true, label: "" };
    const centre = this.hovered ?? this.selected;
    if (centre === null || !this.graph.hasNode(centre)) return look;
    if (node.i === centre) return { ...look, zIndex: 3, forceLabel: true, strong: true, highlighted: true, size: look.size + 2 };
    if (this.near.has(node.i)) return { ...look, zIndex: 2, forceLabel: this.near.size <= 40 };
    return { ...look, color: this.colours.faint, label: "", zIndex: 0 };
  }

  edgeLook(key, data) {
    if (this.focused) {
      const [a, b] = this.graph.extremities(key).map(Number);
      const spoke = a === this.focused.i || b === this.focused.i;
      if (!this.places.has(a) || !this.places.has(b) || !spoke) return { ...data, hidden: true };
      const other = this.model.nodes[a === this.focused.i ? b : a];
      return { ...data, type: "arrow", size: 1.4, color: mix(this.typeColours[other.type], this.colours.paper, 0.45) };
    }
    if (!data.edges.some((edge) => this.visible.edges[edge.i])) return { ...data, hidden: true };
    const centre = this.hovered ?? this.selected;
    if (centre === null || !this.graph.hasNode(centre)) return { ...data, color: this.graph.size > 5000 ? mix(this.colours.edge, this.colours.paper, 0.45) : this.colours.edge, size: this.graph.size > 5000 ? 0.5 : 0.8 };
    if (this.graph.hasExtremity(key, centre)) return { ...data, color: this.colours.strong, size: 1.6, zIndex: 1, type: this.near.size < 200 ? "arrow" : "line" };
    return { ...data, color: this.colours.faint, size: 0.4, zIndex: 0 };
  }

  drawLabel(context, data, settings) {
    if (!data.label) return;
    const strong = data.strong || data.heading;
    const size = settings.labelSize + (data.strong ? 2 : 0);
    context.font = `${strong ? 600 : settings.labelWeight} ${size}px ${settings.labelFont}`;
    const edge = context.canvas.clientWidth - 6;
    const wide = context.measureText(data.label).width;
    const left = data.side === "left" || (!data.side && data.x + data.size + 4 + wide > edge);
    const under = data.strong && this.focused;
    context.textAlign = under ? "center" : left ? "right" : "left";
    const x = under ? data.x : data.x + (left ? -1 : 1) * (data.heading ? -6 : data.size + 4);
    const y = under ? data.y + data.size + size + 4 : data.y + size / 3;
    if (!data.strong && !this.focused && !this.free(under ? x : left ? x - wide : x, y - size, wide, size + 4)) return;
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = this.colours.paper;
    context.strokeText(data.label, x, y);
    context.fillStyle = data.heading ? this.colours.muted : this.colours.ink;
    context.fillText(data.label, x, y);
    context.textAlign = "left";
  }

  /** Tell whether no label of this frame covers a box yet, and take it. */
  free(x, y, width, height) {
    if (this.taken.some((box) => x < box.x + box.width && box.x < x + width && y < box.y + box.height && box.y < y + height)) return false;
    this.taken.push({ x, y, width, height });
    return true;
  }

  /** Begin a frame: only the chosen node's label has its place already. */
  clearLabels() {
    this.taken = [];
    const centre = this.hovered ?? this.selected;
    const data = centre === null || this.focused ? null : this.sigma?.getNodeDisplayData(centre);
    if (!data || data.hidden) return;
    const at = this.sigma.framedGraphToViewport(data);
    this.free(at.x - 14, at.y - 12, 34 + 15 * Math.min(LABEL, this.model.nodes[centre].name.length), 24);
  }

  drawHover(context, data, settings) {
    const label = data.node ? shown(short(data.node.name, 28)) : data.label;
    if (label && !this.focused) this.drawPlate(context, data, label, settings);
    context.beginPath();
    context.arc(data.x, data.y, data.size + 2.5, 0, Math.PI * 2);
    context.lineWidth = 2;
    context.strokeStyle = this.colours.ink;
    context.stroke();
    this.drawLabel(context, { ...data, label, strong: !this.focused, side: data.side }, settings);
  }

  /** Draw the ground of the chosen node's label, so that nothing beneath disturbs it. */
  drawPlate(context, data, label, settings) {
    context.font = `600 ${settings.labelSize + 2}px ${settings.labelFont}`;
    const wide = context.measureText(label).width;
    const left = data.x + data.size + 4 + wide > context.canvas.clientWidth - 6;
    const x = left ? data.x - data.size - wide - 12 : data.x - data.size - 5;
    context.beginPath();
    context.roundRect(x, data.y - data.size - 5, wide + 2 * data.size + 17, 2 * data.size + 10, 7);
    context.fillStyle = this.colours.raised;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = this.colours.line;
    context.stroke();
    context.beginPath();
    context.arc(data.x, data.y, data.size, 0, Math.PI * 2);
    context.fillStyle = data.color;
    context.fill();
  }

  listen() {
    const { sigma } = this;
    sigma.on("beforeRender", () => this.clearLabels());
    const real = (key) => !String(key).startsWith("h");
    sigma.on("enterNode", ({ node }) => real(node) && this.hover(Number(node)));
    sigma.on("leaveNode", () => this.hover(null));
    sigma.on("clickNode", ({ node }) => real(node) && this.handlers.open(this.model.nodes[node]));
    sigma.on("doubleClickNode", (event) => {
      event.preventSigmaDefault();
      if (real(event.node)) this.handlers.focus(this.model.nodes[event.node]);
    });
    sigma.on("clickStage", () => this.handlers.clear());
  }

  hover(i) {
    this.hovered = i;
    this.element.style.cursor = i === null ? "default" : "pointer";
    this.markNear();
    this.sigma.refresh({ skipIndexation: true });
  }

  markNear() {
    const centre = this.hovered ?? this.selected;
    this.near = new Set(centre === null || !this.graph.hasNode(centre) ? [] : this.graph.neighbors(centre).map(Number).filter((i) => this.visible.nodes[i]));
  }

  /** Show a selection and what the filter leaves; `focused` is a node whose neighbourhood alone is drawn, or null. */
  show({ selected, focused, visible }) {
    const changed = this.focused !== (focused?.drawn ? focused : null) || (focused && this.visible !== visible);
    this.visible = visible;
    this.selected = selected?.drawn ? selected.i : null;
    this.markNear();
    const first = !this.sigma;
    if (first) this.start();
    this.focused = focused?.drawn ? focused : null;
    if (!first && !changed) this.sigma.refresh();
    if (changed) {
      this.arrange();
      this.sigma.refresh();
    }
    if (changed) this.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    else if (this.selected !== null && !this.focused) this.reveal(this.selected);
  }

  /** Move the camera so that a node is well inside. */
  reveal(i) {
    const place = this.sigma.getNodeDisplayData(i);
    if (!place) return;
    const at = this.sigma.framedGraphToViewport(place);
    const { width, height } = this.sigma.getDimensions();
    const camera = this.sigma.getCamera();
    if (at.x < 60 || at.y < 60 || at.x > width - 160 || at.y > height - 60 || camera.ratio > 0.9) {
      camera.animate({ x: place.x, y: place.y, ratio: Math.min(camera.ratio, 0.45) }, { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 350 });
    }
  }

  /** Place the focused node's neighbours: what points to it on the left, what it points to on the right, by relation. */
  arrange() {
    for (const key of this.headings ?? []) this.graph.dropNode(key);
    this.headings = [];
    this.places = new Map();
    this.left = 0;
    for (const i of this.moved ?? []) this.graph.mergeNodeAttributes(i, { x: this.model.nodes[i].x, y: -this.model.nodes[i].y });
    this.moved = [];
    if (!this.focused) {
      this.sigma.setCustomBBox(null);
      return;
    }
    const { width, height } = this.sigma.getDimensions();
    const used = new Set([this.focused.i]);
    const sides = [this.column(this.focused.incoming, (edge) => edge.source, used), this.column(this.focused.outgoing, (edge) => edge.target, used)];
    const rows = Math.max(6, Math.floor((height - 120) / ROW));
    const columns = sides.map((entries) => Math.ceil(entries.length / rows));
    const wide = Math.max(90, Math.min(COLUMN, (width - 40 - 2 * GAP) / Math.max(1, columns[0] + columns[1])));
    const middle = (width - (columns[0] + columns[1]) * wide) / 2 + columns[0] * wide;
    this.letters = Math.max(4, Math.floor((wide * 0.9 - 26) / 12.6));
    this.places.set(this.focused.i, { x: middle, y: height / 2, side: "" });
    sides.forEach((entries, n) => this.placeSide(entries, { sign: n ? 1 : -1, columns: columns[n], wide, middle, height }));
    for (const [i, { x, y }] of this.places) {
      this.graph.mergeNodeAttributes(i, { x, y }); // sigma takes places from the graph alone, never from a reducer
      this.moved.push(i);
    }
    this.sigma.setCustomBBox({ x: [0, width], y: [0, height] });
  }

  /** Place the entries of one side in columns, the first nearest to the middle; a unit is a pixel at the first zoom. */
  placeSide(entries, { sign, columns, wide, middle, height }) {
    const high = Math.ceil(entries.length / Math.max(1, columns));
    const step = Math.min(ROW * 1.3, (height - 120) / Math.max(1, high));
    entries.forEach(({ node, predicate }, n) => {
      const place = { x: middle + sign * (GAP + Math.floor(n / high) * wide), y: height / 2 - ((n % high) - (high - 1) / 2) * step, side: sign < 0 ? "left" : "right" };
      if (node) {
        this.places.set(node.i, place);
        return;
      }
      const key = `h${place.side}${predicate.id}`;
      this.headings.push(key);
      this.graph.addNode(key, { ...place, size: 1, heading: true, label: (sign < 0 ? "← " : "") + pick(predicate.words) + (sign > 0 ? " →" : ""), zIndex: 1 });
    });
  }

  /** Return the entries of one side: for each relation a heading, then its nodes. */
  column(edges, other, used) {
    const groups = new Map();
    for (const edge of edges) {
      const node = other(edge);
      if (!node.drawn || used.has(node.i) || !this.visible.edges[edge.i]) continue;
      used.add(node.i);
      if (!groups.has(edge.predicate)) groups.set(edge.predicate, []);
      groups.get(edge.predicate).push(node);
    }
    const entries = [];
    for (const [predicate, nodes] of [...groups].sort((a, b) => a[1].length - b[1].length)) {
      nodes.sort((a, b) => b.degree - a.degree || a.i - b.i);
      const room = MOST - entries.length;
      if (room < 2) {
        this.left += nodes.length;
        continue;
      }
      entries.push({ predicate }, ...nodes.slice(0, room - 1).map((node) => ({ node })));
      this.left += Math.max(0, nodes.length - (room - 1));
    }
    return entries;
  }

  zoom(factor) {
    const camera = this.sigma.getCamera();
    camera.animate({ ratio: camera.ratio * factor }, { duration: 160 });
  }

  fit() {
    this.sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1 }, { duration: 250 });
  }

  /** Take up the colours of a new theme, or the words of another language. */
  restyle() {
    this.readColours();
    if (this.focused) this.arrange();
    this.sigma.refresh();
  }

  /** Fit the picture to the room it has now. */
  resize() {
    const { clientWidth, clientHeight } = this.element;
    const { width, height } = this.sigma.getDimensions();
    if (!clientWidth || (clientWidth === width && clientHeight === height)) return;
    this.sigma.resize();
    if (this.focused) this.arrange();
    this.sigma.refresh();
  }
}

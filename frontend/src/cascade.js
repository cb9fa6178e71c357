/** Show the chain of documents and programs from the centre to the city: a column for each level, lines for what carries on what. */

import { fill, h, svg } from "./dom.js";
import { nodeLink, quotation } from "./pieces.js";
import { pick, t } from "./words.js";

const LEVELS = ["national", "provincial", "prefecture", "county", "unknown"];

export class Cascade {
  constructor(element, model) {
    Object.assign(this, { element, model, all: false });
    const { nodes, links } = model.data.cascade;
    this.cards = nodes.map(([i, level, texts]) => ({ node: model.nodes[i], level, texts: texts.map((text) => model.nodes[text]) }));
    this.cardOf = new Map(this.cards.map((card) => [card.node, card]));
    this.links = links.map(([lower, upper, core]) => ({ lower: model.nodes[lower], upper: model.nodes[upper], core: Boolean(core) }));
    new ResizeObserver(() => this.picture && this.connect()).observe(element);
  }

  show(state) {
    this.state = state;
    const key = `${document.documentElement.lang}|${this.all}|${state.n}`;
    if (key === this.key) return;
    this.key = key;
    this.draw();
  }

  draw() {
    const head = h("div.page-head", null, h("h2", { tabindex: "-1" }, t("cascade.title")), h("p", null, t("cascade.lead")));
    const toggle = h("label.check", null, h("input", { type: "checkbox", id: "cascade-all", checked: this.all, onchange: (event) => {
      this.all = event.target.checked;
      this.show(this.state);
      document.getElementById("cascade-all")?.focus();
    } }), h("span", null, t("cascade.all")));
    const links = this.links.filter((link) => this.all || link.core);
    if (!links.length) {
      this.picture = null;
      fill(this.element, head, toggle, h("p.note", null, t("cascade.none")));
      return;
    }
    const ends = new Set(links.flatMap(({ lower, upper }) => [lower, upper]));
    const cards = this.cards.filter(({ node }) => ends.has(node));
    const levels = LEVELS.filter((level) => cards.some((card) => card.level === level));
    this.boxes = new Map();
    const columns = levels.map((level) => h("section.level", null, h("h3", null, t(`cascade.${level}`)), cards.filter((card) => card.level === level).map(({ node }) => {
      const box = h("div.card", { "data-type": node.type, class: node.id === this.state.n ? "chosen" : "" }, nodeLink(node, this.model, this.state));
      this.boxes.set(node, box);
      return box;
    })));
    this.shownLinks = links;
    this.lines = svg("svg", { class: "lines", "aria-hidden": "true" });
    this.picture = h("div.levels", null, this.lines, columns);
    fill(this.element, head, toggle, this.picture, h("h3.section", null, t("cascade.evidence")), h("ul.facts", null, links.map((link) => this.row(link))));
    requestAnimationFrame(() => this.connect());
  }

  /** Return the edges that a link stands for: of the documents themselves, or of the texts that are these documents. */
  edges({ lower, upper }) {
    const ends = (node) => new Set([node, ...(this.cardOf.get(node)?.texts ?? [])]);
    const above = ends(upper);
    return [...ends(lower)].flatMap((node) => node.outgoing.filter((edge) => above.has(edge.target) && edge.evidence.length));
  }

  row(link) {
    const edges = this.edges(link);
    const names = [...new Set(edges.map((edge) => pick(edge.predicate.words)))].join(" · ");
    const rows = [...new Set(edges.flatMap((edge) => edge.evidence))];
    return h("li.fact", null, h("div.fact-head", null, nodeLink(link.lower, this.model, this.state), h("span.arrow", null, `${names} →`), nodeLink(link.upper, this.model, this.state)),
      rows.map((e) => quotation(this.model.place(e), [link.lower, link.upper], this.model, this.state)));
  }

  /** Draw the lines between the cards where they stand now. */
  connect() {
    const frame = this.picture.getBoundingClientRect();
    if (!frame.width) return;
    this.lines.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    fill(this.lines, this.shownLinks.map(({ lower, upper, core }) => {
      const [a, b] = [upper, lower].map((node) => this.boxes.get(node).getBoundingClientRect());
      const same = Math.abs(a.left - b.left) < 4;
      const from = [(same ? a.left : a.left < b.left ? a.right : a.left) - frame.left, (a.top + a.bottom) / 2 - frame.top];
      const to = [(same ? b.left : a.left < b.left ? b.left : b.right) - frame.left, (b.top + b.bottom) / 2 - frame.top];
      const bend = same ? -26 : (to[0] - from[0]) / 2;
      return svg("path", { class: core ? "core" : "weak", d: `M${from[0]} ${from[1]}C${from[0] + bend} ${from[1]} ${same ? to[0] + bend : to[0] - bend} ${to[1]} ${to[0]} ${to[1]}` });
    }));
  }
}

/** Show what is known of one node: its fields, its facts by relation with their sentences, its provisions, its mentions. */

import { fill, h, icon, ICONS } from "./dom.js";
import { confidence, figure, nodeLink, nodeName, quotation, relationName, typeName } from "./pieces.js";
import { format } from "./state.js";
import { count, pick, t } from "./words.js";

const FEW = 8; // facts of a group, provisions or mentions that are shown before one asks for all
const SEEN = new Set(["value", "lowerValue", "comparator", "unit", "unitText", "title", "script"]);
const SLOTS = ["targets", "implementedBy", "leadBy", "partner", "hasObservation", "partOf", "appliesTo"];

export class Panel {
  /** @param handlers `focus(node)`, `copy()`, `close()`. */
  constructor(element, model, handlers) {
    Object.assign(this, { element, model, handlers });
  }

  show(state) {
    this.state = state;
    const node = this.model.byId.get(state.n);
    const key = `${state.n}|${state.t}|${state.s}|${document.documentElement.lang}`;
    const moved = key !== this.key;
    this.key = key;
    if (node) fill(this.element, this.node(node));
    else if (state.n) fill(this.element, h("p.note", null, t("panel.unknown", { id: state.n })));
    else if (state.v === "texts" && state.s) fill(this.element, this.sentence(state));
    else fill(this.element, this.start());
    if (moved) this.element.scrollTop = 0;
  }

  /** Return what stands here before anything is chosen: what this is, and where to start. */
  start() {
    const { model } = this;
    const facts = model.edges.filter((edge) => edge.evidence.length).length;
    const hubs = model.types.filter((type) => !["Provision", "SourceText", "Observation"].includes(type.id)).map((type) => {
      const best = model.nodes.filter((node) => node.type === type.id).sort((a, b) => b.degree - a.degree || a.i - b.i).slice(0, 4);
      return best.length ? h("section", null, h("h3", null, pick(type.words)), h("ul.chips", null, best.map((node) => h("li", null, nodeLink(node, model, this.state))))) : null;
    });
    return [
      h("div.panel-head", null, h("h2", { tabindex: "-1" }, t("start.title"))),
      h("p.lead", null, t("start.lead", { texts: count(model.texts.length), nodes: count(model.things), facts: count(facts) })),
      h("ul.hints", null, ["search", "click", "sentence", "keys"].map((key) => h("li", null, t(`start.${key}`)))),
      h("h3.section", null, t("start.from")), hubs,
    ];
  }

  node(node) {
    const { extra } = node;
    const concept = this.model.conceptName(extra.category);
    const facts = this.groups(node);
    return [
      h("div.panel-head", { "data-type": node.type },
        h("div.kind", null, h("span.dot", { "aria-hidden": "true" }), h("span", null, typeName(node, this.model)), concept ? h("span.concept", null, pick(concept)) : null),
        h("h2", { lang: "zh", tabindex: "-1" }, node.name),
        node.type === "Observation" ? h("p.figure", { lang: "zh" }, figure(node)) : null,
        extra.aliases ? h("p.aliases", { lang: "zh" }, h("span.label", null, t("panel.alsoCalled")), [].concat(extra.aliases).join("、")) : null,
        h("div.actions", null,
          node.drawn ? h("button.button", { type: "button", onclick: () => this.handlers.focus(node), "aria-pressed": this.state.f ? "true" : "false" }, icon(ICONS.focus), t(this.state.f ? "panel.leaveFocus" : "panel.focus")) : null,
          node.type === "SourceText" ? h("a.button", { href: format({ ...this.state, v: "texts", t: node.id, s: "" }) }, t("panel.read")) : null,
          h("button.button", { type: "button", onclick: () => this.handlers.copy() }, icon(ICONS.link), t("panel.copyLink")),
          h("button.button.quiet", { type: "button", onclick: () => this.handlers.close(), "aria-label": t("panel.close"), title: t("panel.close") }, icon(ICONS.close)))),
      this.fields(node),
      node.type === "Provision" ? h("section.group", null, this.provision(node)) : null,
      facts.length ? [h("h3.section", null, t("panel.facts"), h("span.num", null, count(facts.reduce((sum, group) => sum + group.edges.length, 0)))), facts.map((group) => this.group(node, group))] : h("p.note", null, t("panel.noFacts")),
      this.provisions(node), node.type === "Provision" ? null : this.mentions(node),
    ];
  }

  fields(node) {
    const { extra } = node;
    const rows = Object.keys(extra).filter((key) => !SEEN.has(key) && !["aliases", "category", "rule"].includes(key)).map((key) => {
      const values = [].concat(extra[key]).map((value) => this.value(key, value));
      return [this.fieldName(key), values.flatMap((value, n) => (n ? ["、", value] : [value]))];
    });
    rows.push([t("panel.foundIn"), t("panel.texts", { n: count(node.texts || node.inTexts.size) })]);
    if (extra.rule) rows.push([t("panel.rule"), h("span.rule", null, extra.rule)]);
    if (node.type !== "SourceText") rows.push([t("panel.confidence"), [confidence(node.confidence), ` ${(node.confidence / 100).toFixed(2)}`]]);
    return h("dl.fields", null, rows.map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
  }

  fieldName(key) {
    const label = this.model.data.fields[key];
    const own = t(`field.${key}`);
    return label ? pick(label) : own;
  }

  value(key, value) {
    const concept = this.model.conceptName(value);
    if (concept) return pick(concept);
    const node = this.model.byId.get(value);
    if (node) return nodeLink(node, this.model, this.state);
    // Only what is plainly an address of the web becomes a link; it opens when the reader asks for it, never by itself.
    if (key === "url" && /^https?:\/\//i.test(value)) return h("a", { href: value, rel: "noopener noreferrer nofollow", target: "_blank" }, value);
    const word = t(`value.${value}`);
    return typeof value === "string" && word !== value ? word : h("span", { lang: "zh" }, typeof value === "number" ? count(value) : String(value).replace("..", " – "));
  }

  /** Return the node's edges by direction and relation: facts with sentences first. */
  groups(node) {
    const groups = new Map();
    for (const [edges, incoming] of [[node.outgoing, false], [node.incoming, true]]) {
      for (const edge of edges) {
        const other = incoming ? edge.source : edge.target;
        if (other.type === "Provision" && node.type !== "Provision") continue;
        if (node.type === "Provision" && edge.predicate.id === "ofMeasure") continue;
        const key = `${incoming}${edge.predicate.id}`;
        if (!groups.has(key)) groups.set(key, { predicate: edge.predicate, incoming, edges: [] });
        groups.get(key).edges.push({ edge, other });
      }
    }
    for (const group of groups.values()) group.edges.sort((a, b) => b.edge.texts - a.edge.texts || b.edge.confidence - a.edge.confidence || a.other.i - b.other.i);
    const granted = (group) => (group.edges.some(({ edge }) => edge.evidence.length) ? 0 : 1);
    return [...groups.values()].sort((a, b) => granted(a) - granted(b));
  }

  group(node, { predicate, incoming, edges }) {
    const rows = edges.map(({ edge, other }) => () => h("li.fact", null,
      h("div.fact-head", null, nodeLink(other, this.model, this.state, nodeName(other)), edge.evidence.length ? [edge.texts > 1 ? h("span.weight", null, t("panel.texts", { n: edge.texts })) : null, confidence(edge.confidence)] : null),
      edge.evidence.map((e) => quotation(this.model.place(e), [node, other], this.model, this.state))));
    return h("section.group", { "data-relation": predicate.id }, h("h4", null, relationName(predicate, incoming), h("span.num", null, count(edges.length))), this.few("ul.facts", rows));
  }

  provisions(node) {
    if (node.type === "Provision") return null;
    const found = [...new Set(node.incoming.filter((edge) => edge.source.type === "Provision").map((edge) => edge.source))];
    if (!found.length) return null;
    return [h("h3.section", null, t("panel.provisions"), h("span.num", null, count(found.length))), this.few("ul.facts", found.map((each) => () => h("li.fact", null, this.provision(each, node))))];
  }

  /** Return the card of one provision: its measure, its sentence, and who is meant by it. */
  provision(provision, node = null) {
    const measure = provision.outgoing.find((edge) => edge.predicate.id === "ofMeasure")?.target;
    const slots = SLOTS.map((id) => [id, provision.outgoing.filter((edge) => edge.predicate.id === id && edge.target !== node)]).filter(([, edges]) => edges.length);
    return [
      node && measure ? h("div.fact-head", null, measure === node ? h("a", { href: format({ ...this.state, n: provision.id }) }, provision.name) : nodeLink(measure, this.model, this.state), confidence(provision.confidence)) : null,
      slots.length ? h("dl.slots", null, slots.map(([, edges]) => [h("dt", null, pick(edges[0].predicate.words)), h("dd", null, edges.map((edge) => nodeLink(edge.target, this.model, this.state)))])) : null,
      provision.mentions.slice(0, 1).map((e) => quotation(this.model.place(e), [measure, ...slots.flatMap(([, edges]) => edges.map((edge) => edge.target))].filter(Boolean), this.model, this.state)),
    ];
  }

  mentions(node) {
    if (!node.mentions.length) return null;
    const seen = new Set();
    const places = node.mentions.map((e) => this.model.place(e)).filter((place) => {
      const key = `${place.text.i} ${place.left}`;
      return !seen.has(key) && seen.add(key);
    });
    return [h("h3.section", null, t("panel.mentions"), h("span.num", null, count(node.mentions.length))), this.few("ul.facts", places.map((place) => () => h("li.fact", null, quotation(place, [node], this.model, this.state))))];
  }

  /** Return what one sentence of a text was read as. */
  sentence({ t: id, s }) {
    const text = this.model.textOf.get(id);
    const [from, to] = (s ?? "").split("-").map(Number);
    if (!text) return h("p.note", null, t("panel.unknown", { id }));
    const inside = this.model.evidenceIn(text).filter((e) => this.model.place(e).start < to && this.model.place(e).end > from);
    const edges = [...new Set(inside.flatMap((e) => this.model.edgesOf.get(e) ?? []))];
    const nodes = [...new Set(inside.flatMap((e) => this.model.nodesOf.get(e) ?? []))].filter((node) => node.type !== "Provision");
    return [
      h("div.panel-head", null, h("div.kind", null, t("panel.sentence")), h("h2.small", { lang: "zh", tabindex: "-1" }, text.node.name),
        h("div.actions", null, h("a.button.quiet", { href: format({ ...this.state, s: "" }), "aria-label": t("panel.close") }, icon(ICONS.close)))),
      h("h3.section", null, t("panel.facts"), h("span.num", null, count(edges.length))),
      edges.length ? h("ul.facts", null, edges.map((edge) => h("li.fact.triple", null, nodeLink(edge.source, this.model, this.state), h("span.arrow", null, pick(edge.predicate.words)), nodeLink(edge.target, this.model, this.state), confidence(edge.confidence)))) : h("p.note", null, t("panel.noFacts")),
      nodes.length ? [h("h3.section", null, t("panel.named"), h("span.num", null, count(nodes.length))), h("ul.chips", null, nodes.map((node) => h("li", null, nodeLink(node, this.model, this.state))))] : null,
    ];
  }

  /** Return a list that shows a few of its rows, and all of them when asked. */
  few(tag, rows) {
    const list = h(tag, null, rows.slice(0, FEW).map((make) => make()));
    if (rows.length <= FEW) return list;
    const more = h("button.text-button", { type: "button", onclick: () => {
      more.remove();
      list.append(...rows.slice(FEW).map((make) => make()));
      list.children[FEW]?.querySelector("a")?.focus();
    } }, t("panel.all", { n: count(rows.length) }));
    return [list, more];
  }
}

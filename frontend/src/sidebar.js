/** Show the legend and the filters beside the picture. */

import { fill, h } from "./dom.js";
import { active, filterOf } from "./filter.js";
import { count, pick, t } from "./words.js";

/** Return the names of regions indented below what holds them, in the order of the tree. */
function regionRows(model) {
  const rows = [];
  const visit = (region, depth) => {
    rows.push([region, depth]);
    for (const each of model.regions) if (each.parent === region && depth < 8) visit(each, depth + 1);
  };
  for (const region of model.regions) if (!region.parent) visit(region, 0);
  return rows;
}

export class Sidebar {
  /** @param change Called with the parts of the state that the reader changed. */
  constructor(element, model, change) {
    Object.assign(this, { element, model, change });
    this.typeCounts = new Map();
    for (const node of model.nodes) this.typeCounts.set(node.type, (this.typeCounts.get(node.type) ?? 0) + 1);
    this.predicateCounts = new Map();
    for (const edge of model.edges) this.predicateCounts.set(edge.predicate.id, (this.predicateCounts.get(edge.predicate.id) ?? 0) + 1);
    const years = new Set(model.nodes.flatMap((node) => (node.extra.date || node.extra.period ? node.years : [])));
    this.years = [...years].filter((year) => year > 1900 && year < 2200).sort((a, b) => a - b);
  }

  show(state) {
    const filter = filterOf(state, this.model);
    const set = active(filter);
    const kept = this.element.contains(document.activeElement) ? document.activeElement.id : "";
    const opened = this.relationsOpen?.open ?? false;
    fill(this.element,
      h("div.side-head", null, h("h2", null, t("filter.title")),
        set ? h("button.text-button", { type: "button", id: "filter-clear", onclick: () => this.change({ k: "", p: "", r: "", d: "", y: "", c: "" }) }, t("filter.clear", { n: set })) : null),
      this.types(filter), this.relations(filter, opened), this.places(filter), this.yearRange(filter), this.confidence(filter));
    if (kept) document.getElementById(kept)?.focus();
  }

  toggled(set, id, on) {
    const next = new Set(set);
    if (on) next.delete(id);
    else next.add(id);
    return [...next].join(",");
  }

  types({ types }) {
    const rows = this.model.types.filter((type) => this.typeCounts.has(type.id)).map((type) => h("label.check", { "data-type": type.id },
      h("input", { type: "checkbox", id: `type-${type.id}`, checked: !types.has(type.id), onchange: (event) => this.change({ k: this.toggled(types, type.id, event.target.checked) }) }),
      h("span.dot", { "aria-hidden": "true" }), h("span.check-name", null, pick(type.words)), h("span.num", null, count(this.typeCounts.get(type.id)))));
    return h("fieldset", null, h("legend", null, t("filter.types")), rows);
  }

  relations({ predicates }, opened) {
    const sorted = [...this.model.predicates].sort((a, b) => this.predicateCounts.get(b.id) - this.predicateCounts.get(a.id));
    const rows = sorted.map((predicate) => h("label.check", null,
      h("input", { type: "checkbox", id: `relation-${predicate.id}`, checked: !predicates.has(predicate.id), onchange: (event) => this.change({ p: this.toggled(predicates, predicate.id, event.target.checked) }) }),
      h("span.check-name", null, pick(predicate.words)), h("span.num", null, count(this.predicateCounts.get(predicate.id)))));
    this.relationsOpen = h("details", { open: opened || predicates.size > 0 }, h("summary", { id: "relations-toggle" }, t("filter.relations")), h("fieldset.bare", null, h("legend.hidden", null, t("filter.relations")), rows));
    return this.relationsOpen;
  }

  places({ region, text }) {
    const regions = regionRows(this.model).map(([each, depth]) => h("option", { value: each.id, selected: each === region }, `${"\u2003".repeat(depth)}${each.name}`));
    const texts = this.model.texts.map((each) => h("option", { value: each.node.id, selected: each === text }, each.node.name));
    return [
      h("label.field", { for: "filter-region" }, h("span", null, t("filter.region"))),
      h("select", { id: "filter-region", onchange: (event) => this.change({ r: event.target.value }) }, h("option", { value: "" }, t("filter.anyRegion")), regions),
      h("label.field", { for: "filter-text" }, h("span", null, t("filter.text"))),
      h("select", { id: "filter-text", onchange: (event) => this.change({ d: event.target.value }) }, h("option", { value: "" }, t("filter.anyText")), texts),
    ];
  }

  yearRange({ from, to }) {
    if (!this.years.length) return null;
    const select = (id, value, none, make) => h("select", { id, "aria-label": t(`filter.${id === "year-from" ? "from" : "to"}`), onchange: (event) => this.change({ y: make(event.target.value) }) },
      h("option", { value: "" }, none), this.years.map((year) => h("option", { value: year, selected: year === value }, String(year))));
    const both = (a, b) => (a || b ? `${a || ""}-${b || ""}` : "");
    return h("fieldset", null, h("legend", null, t("filter.years")), h("div.years", null,
      select("year-from", from, t("filter.first"), (value) => both(value, to)), h("span", { "aria-hidden": "true" }, "–"), select("year-to", to, t("filter.last"), (value) => both(from, value))));
  }

  confidence({ confidence }) {
    const value = h("output", { for: "filter-confidence" }, `≥ ${(confidence / 100).toFixed(2)}`);
    return [
      h("label.field", { for: "filter-confidence" }, h("span", null, t("filter.confidence")), value),
      h("input", { type: "range", id: "filter-confidence", min: 0, max: 95, step: 5, value: confidence,
        oninput: (event) => { value.textContent = `≥ ${(event.target.value / 100).toFixed(2)}`; },
        onchange: (event) => this.change({ c: Number(event.target.value) ? event.target.value : "" }) }),
    ];
  }
}

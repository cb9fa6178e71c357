/** Show the nodes as a table that can be sorted: everything in the picture, for keyboard, reader and eye. */

import { fill, h } from "./dom.js";
import { nodeLink, nodeName, typeName } from "./pieces.js";
import { count, pick, t } from "./words.js";

const PAGE = 100;
const COLUMNS = {
  name: (node) => node.name,
  type: (node, model) => model.types.findIndex((type) => type.id === node.type),
  facts: (node) => -node.degree,
  texts: (node) => -node.inTexts.size,
  confidence: (node) => -node.confidence,
};

export class List {
  constructor(element, model) {
    Object.assign(this, { element, model, sort: "facts", shown: PAGE });
    this.collator = new Intl.Collator("zh-Hans-CN");
  }

  show(state, visible) {
    this.state = state;
    this.visible = visible;
    const { model } = this;
    const value = COLUMNS[this.sort];
    const compare = this.sort === "name" ? (a, b) => this.collator.compare(a.name, b.name) : (a, b) => value(a, model) - value(b, model);
    const nodes = model.nodes.filter((node) => visible.nodes[node.i]).sort((a, b) => compare(a, b) || a.i - b.i);
    const head = Object.keys(COLUMNS).map((key) => h("th", { scope: "col", "aria-sort": key === this.sort ? (key === "name" || key === "type" ? "ascending" : "descending") : null, class: ["facts", "texts", "confidence"].includes(key) ? "number" : "" },
      h("button.sort", { type: "button", id: `sort-${key}`, onclick: () => this.sortBy(key) }, t(`list.${key}`))));
    const rows = nodes.slice(0, this.shown).map((node) => this.row(node));
    fill(this.element,
      h("div.page-head", null, h("h2", { tabindex: "-1" }, t("list.title")), h("p", { role: "status" }, t("list.lead", { n: count(nodes.length) }))),
      h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("list.title") }, h("table.plain", null, h("thead", null, h("tr", null, head)), h("tbody", null, rows)),
        nodes.length > this.shown ? h("button.button.more", { type: "button", id: "list-more", onclick: () => this.more() }, t("list.more", { n: count(nodes.length - this.shown) })) : null));
  }

  row(node) {
    const concept = this.model.conceptName(node.extra.category);
    return h("tr", { "aria-current": node.id === this.state.n ? "true" : null },
      h("th", { scope: "row" }, nodeLink(node, this.model, this.state, nodeName(node))),
      h("td", null, typeName(node, this.model), concept ? h("span.small", null, ` · ${pick(concept)}`) : null),
      h("td.number", null, count(node.degree)), h("td.number", null, count(node.inTexts.size)), h("td.number", null, (node.confidence / 100).toFixed(2)));
  }

  sortBy(key) {
    this.sort = key;
    this.shown = PAGE;
    this.show(this.state, this.visible);
    document.getElementById(`sort-${key}`)?.focus();
  }

  more() {
    const first = this.shown;
    this.shown += 5 * PAGE;
    this.show(this.state, this.visible);
    this.element.querySelectorAll("tbody tr")[first]?.querySelector("a")?.focus();
  }
}

/** Let the reader search: a box with a list below it, by the pattern "editable combobox with list" of WAI-ARIA. */

import { fill, h, icon, ICONS } from "./dom.js";
import { nodeName, typeName } from "./pieces.js";
import { Names, Sentences } from "./search.js";
import { format } from "./state.js";
import { count, t } from "./words.js";

export class SearchBox {
  /** @param go Called with the address that the reader chose. */
  constructor(element, model, go) {
    Object.assign(this, { element, model, go, options: [], at: -1, state: {} });
    this.input = h("input", { type: "search", id: "search", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-controls": "search-list", "aria-autocomplete": "list",
      oninput: () => this.search(), onfocus: () => this.input.value && this.search(), onkeydown: (event) => this.key(event), onblur: () => setTimeout(() => this.close(), 150) });
    this.list = h("ul", { id: "search-list", role: "listbox", hidden: true });
    this.status = h("div.hidden", { role: "status", "aria-live": "polite" });
    fill(element, h("div.search", null, icon(ICONS.search), this.input, h("kbd", { "aria-hidden": "true" }, "/")), this.list, this.status);
    this.words();
  }

  words() {
    this.input.placeholder = t("search.placeholder");
    this.input.setAttribute("aria-label", t("search.label"));
    this.list.setAttribute("aria-label", t("search.results"));
  }

  search() {
    const query = this.input.value;
    this.names ??= new Names(this.model.nodes);
    this.sentences ??= new Sentences(this.model.texts);
    const found = this.names.find(query);
    const { total, hits } = this.sentences.find(query);
    const rows = found.map(({ node, name }) => ({ address: format({ ...this.state, n: node.id, s: "" }), element: this.nodeRow(node, name) }));
    for (const hit of hits) {
      rows.push({ address: format({ ...this.state, n: "", f: "", v: "texts", t: hit.text.node.id, s: `${hit.start}-${hit.end}` }),
        element: [h("span.option-sentence", { lang: "zh" }, `…${hit.before}`, h("mark", null, hit.exact), `${hit.after}…`), h("span.option-kind", null, hit.text.node.name)] });
    }
    this.at = rows.length ? 0 : -1;
    this.options = rows.map(({ address, element }, n) => {
      const option = h("li", { role: "option", id: `option-${n}`, "aria-selected": n === this.at ? "true" : "false", onpointerdown: (event) => { event.preventDefault(); this.choose(n); } }, element);
      return { address, option };
    });
    fill(this.list, this.options.map(({ option }) => option));
    if (query.trim() && !rows.length) this.list.append(h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("search.nothing")));
    this.status.textContent = query.trim() ? t("search.count", { n: count(found.length), s: count(total) }) : "";
    this.open(query.trim() !== "");
  }

  nodeRow(node, name) {
    return [h("span.option-name", { "data-type": node.type, lang: "zh" }, h("span.dot"), nodeName(node), name !== node.name ? h("span.small", null, ` = ${name}`) : null),
      h("span.option-kind", null, `${typeName(node, this.model)} · ${t("search.facts", { n: count(node.degree) })}`)];
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
    this.point();
  }

  close() {
    this.open(false);
  }

  point() {
    this.options.forEach(({ option }, n) => option.setAttribute("aria-selected", String(n === this.at)));
    const current = this.list.hidden ? null : this.options[this.at]?.option;
    if (current) {
      this.input.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return; // an input method is still choosing characters
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && this.options.length) {
      event.preventDefault();
      this.at = (this.at + steps[event.key] + this.options.length) % this.options.length;
      this.open(true);
    } else if (event.key === "Enter" && this.at >= 0 && !this.list.hidden) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (this.list.hidden) this.input.blur();
      this.close();
    }
  }

  choose(n) {
    this.close();
    this.input.blur();
    this.go(this.options[n].address);
  }
}

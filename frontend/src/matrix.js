/** Show the comparison matrix: provisions counted by two dimensions, by region and year, down to their sentences. */

import { fill, h, icon, ICONS } from "./dom.js";
import { nodeLink, quotation } from "./pieces.js";
import { count, pick, t } from "./words.js";

const AXES = ["type", "subtype", "lmp", "group", "subgroup", "agency", "program", "fund", "realisation", "province", "region", "year", "period"];
const FACETS = ["province", "region", "year", "text"];
const STEPS = 5;

export class Matrix {
  constructor(element, model) {
    Object.assign(this, { element, model });
    const { dimensions, values, facts } = model.data.matrix;
    this.dimensions = new Map(dimensions.map(([id, ...words], n) => [id, { id, words, n, values: values[n].map(([key, ...own]) => ({ key, words: own })) }]));
    this.facts = facts.map(([node, ...keys]) => ({ node: model.nodes[node], keys }));
    const has = (id, other) => (this.dimensions.has(id) ? id : other);
    const first = dimensions[0]?.[0] ?? "";
    this.choice = { rows: has("type", first), cols: has("group", first), facets: {} };
    this.cell = null;
  }

  show(state) {
    const key = document.documentElement.lang;
    const old = this.state;
    this.state = state;
    if (this.drawn === key && old) return;
    this.drawn = key;
    this.draw();
  }

  /** Return the facts inside the chosen facets. */
  kept() {
    const chosen = Object.entries(this.choice.facets).filter(([, value]) => value !== "").map(([id, value]) => [this.dimensions.get(id).n, Number(value)]);
    return this.facts.filter((fact) => chosen.every(([n, value]) => fact.keys[n].includes(value)));
  }

  /** Return rows, columns and cells of the chosen comparison; only values with a provision have a row or column. */
  table() {
    const rows = this.dimensions.get(this.choice.rows);
    const cols = this.dimensions.get(this.choice.cols);
    const cells = new Map();
    const facts = this.kept();
    const totals = { rows: new Map(), cols: new Map() };
    const add = (map, key, fact) => (map.has(key) ? map.get(key).push(fact) : map.set(key, [fact]));
    for (const fact of facts) {
      for (const row of fact.keys[rows.n]) add(totals.rows, row, fact);
      for (const col of fact.keys[cols.n]) add(totals.cols, col, fact);
      for (const row of fact.keys[rows.n]) for (const col of fact.keys[cols.n]) add(cells, `${row} ${col}`, fact);
    }
    // All values stay, found or not: what is missing in a region is what one looks for.
    const all = (dimension) => dimension.values.map((value, n) => ({ ...value, n })).filter(({ n }) => this.facts.some((fact) => fact.keys[dimension.n].includes(n)));
    return { rows: all(rows), cols: all(cols), cells, totals, facts };
  }

  draw() {
    if (!this.facts.length) {
      fill(this.element, h("div.page-head", null, h("h2", { tabindex: "-1" }, t("matrix.title")), h("p.note", null, t("matrix.none"))));
      return;
    }
    const table = this.table();
    this.current = table;
    const most = Math.max(1, ...[...table.cells.values()].map((own) => own.length));
    const shade = (n) => (n ? Math.max(1, Math.ceil((Math.sqrt(n) / Math.sqrt(most)) * STEPS)) : 0);
    const head = h("tr", null, h("td.corner", null, `${this.name(this.choice.rows)} × ${this.name(this.choice.cols)}`), table.cols.map((col) => h("th", { scope: "col" }, h("span", null, pick(col.words)))), h("th.total", { scope: "col" }, t("matrix.total")));
    const rows = table.rows.map((row) => h("tr", null, h("th", { scope: "row" }, pick(row.words)),
      table.cols.map((col) => this.box(row, col, table.cells.get(`${row.n} ${col.n}`) ?? [], shade)), h("td.total", null, count(table.totals.rows.get(row.n)?.length ?? 0))));
    const foot = h("tr", null, h("th", { scope: "row" }, t("matrix.total")), table.cols.map((col) => h("td.total", null, count(table.totals.cols.get(col.n)?.length ?? 0))), h("td.total", null, count(table.facts.length)));
    this.drill = h("div.drill", { "aria-live": "polite" });
    fill(this.element,
      h("div.page-head", null, h("h2", { tabindex: "-1" }, t("matrix.title")), h("p", null, t("matrix.lead"))),
      h("div.controls", null, this.axis("rows"), h("span", { "aria-hidden": "true" }, "×"), this.axis("cols"), FACETS.map((id) => this.facet(id)),
        h("span.spacer"), h("button.button", { type: "button", onclick: (event) => this.copy(event.currentTarget) }, t("matrix.copy")), h("button.button", { type: "button", onclick: () => this.save() }, t("matrix.csv"))),
      (this.split = h("div.split", null, h("div.scroll.matrix", { tabindex: "0", role: "region", "aria-label": t("matrix.title") }, h("table.matrix", null,
        h("caption", null, t("matrix.caption", { rows: this.name(this.choice.rows), cols: this.name(this.choice.cols), n: count(table.facts.length) })), h("thead", null, head), h("tbody", null, rows), h("tfoot", null, foot))), this.drill)),
      h("p.small", null, t("matrix.empty")));
    if (this.cell) this.open(...this.cell, false);
  }

  name(id) {
    return pick(this.dimensions.get(id).words);
  }

  box(row, col, facts, shade) {
    const words = `${pick(row.words)} × ${pick(col.words)}: ${facts.length ? t("matrix.provisions", { n: facts.length }) : t("matrix.notFound")}`;
    if (!facts.length) return h("td.empty", null, h("span", { "aria-hidden": "true" }, "·"), h("span.hidden", null, t("matrix.notFound")));
    return h("td", { class: `shade${shade(facts.length)}` }, h("button", { type: "button", "aria-label": words, title: words, id: `cell-${row.n}-${col.n}`, onclick: () => this.open(row.n, col.n, true) }, count(facts.length)));
  }

  axis(which) {
    const id = `matrix-${which}`;
    return h("label.field.inline", { for: id }, h("span", null, t(`matrix.${which}`)), h("select", { id, onchange: (event) => this.choose(id, () => { this.choice[which] = event.target.value; }) },
      AXES.filter((name) => this.dimensions.has(name)).map((name) => h("option", { value: name, selected: this.choice[which] === name }, this.name(name)))));
  }

  facet(name) {
    const dimension = this.dimensions.get(name);
    if (!dimension || dimension.values.length < 2) return null;
    const id = `matrix-by-${name}`;
    return h("label.field.inline", { for: id }, h("span", null, this.name(name)), h("select", { id, onchange: (event) => this.choose(id, () => { this.choice.facets[name] = event.target.value; }) },
      h("option", { value: "" }, t("matrix.any")), dimension.values.map((value, n) => h("option", { value: n, selected: String(this.choice.facets[name] ?? "") === String(n) }, pick(value.words)))));
  }

  choose(id, change) {
    change();
    this.cell = null;
    this.draw();
    document.getElementById(id)?.focus();
  }

  /** Show the provisions of a cell with their sentences below the table. */
  open(row, col, move) {
    this.cell = [row, col];
    const facts = this.current.cells.get(`${row} ${col}`) ?? [];
    const title = `${pick(this.dimensions.get(this.choice.rows).values[row].words)} × ${pick(this.dimensions.get(this.choice.cols).values[col].words)}`;
    for (const button of this.element.querySelectorAll("table.matrix button")) button.classList.toggle("chosen", button.id === `cell-${row}-${col}`);
    const cards = facts.map(({ node }) => {
      const of = (id) => node.outgoing.filter((edge) => edge.predicate.id === id).map((edge) => edge.target);
      const [measure, groups] = [of("ofMeasure"), of("targets")];
      return h("li.fact", null, h("div.fact-head", null, measure.map((each) => nodeLink(each, this.model, this.state)), groups.length ? h("span.arrow", null, "→") : null, groups.map((each) => nodeLink(each, this.model, this.state))),
        node.mentions.slice(0, 1).map((e) => quotation(this.model.place(e), [...measure, ...groups], this.model, this.state)));
    });
    const heading = h("h3", { tabindex: "-1" }, `${title} · ${t("matrix.provisions", { n: facts.length })}`);
    fill(this.drill, h("div.drill-head", null, heading, h("button.button.quiet", { type: "button", "aria-label": t("panel.close"), onclick: () => this.close() }, icon(ICONS.close))), h("ul.facts", null, cards));
    this.split.classList.add("open");
    if (move) {
      this.drill.scrollTop = 0;
      heading.focus({ preventScroll: true });
      this.drill.scrollIntoView({ block: "nearest" });
    }
  }

  close() {
    const [row, col] = this.cell;
    this.cell = null;
    fill(this.drill);
    this.split.classList.remove("open");
    document.getElementById(`cell-${row}-${col}`)?.classList.remove("chosen");
    document.getElementById(`cell-${row}-${col}`)?.focus();
  }

  /** Return the table as rows of cells, the first row and column its names. */
  lines() {
    const { rows, cols, cells, totals, facts } = this.current;
    return [
      [`${this.name(this.choice.rows)} × ${this.name(this.choice.cols)}`, ...cols.map((col) => pick(col.words)), t("matrix.total")],
      ...rows.map((row) => [pick(row.words), ...cols.map((col) => cells.get(`${row.n} ${col.n}`)?.length ?? 0), totals.rows.get(row.n)?.length ?? 0]),
      [t("matrix.total"), ...cols.map((col) => totals.cols.get(col.n)?.length ?? 0), facts.length],
    ];
  }

  async copy(button) {
    const text = this.lines().map((line) => line.join("\t")).join("\n");
    await copyText(text);
    button.textContent = t("matrix.copied");
    setTimeout(() => { button.textContent = t("matrix.copy"); }, 1600);
  }

  save() {
    // A spreadsheet must not take a cell for a formula. Source: OWASP, CSV Injection.
    const cell = (value) => `"${String(value).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
    const text = `\ufeff${this.lines().map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const link = h("a", { href: address, download: `matrix-${this.choice.rows}-${this.choice.cols}.csv` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
}

/** Put a text on the clipboard, also where the page may not use the clipboard's interface. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** Show figures over time: one indicator as a picture and a table, results against targets. */

import { fill, h, svg } from "./dom.js";
import { figure, nodeLink, quotation } from "./pieces.js";
import { pick, t } from "./words.js";

const WIDE = 720;
const HIGH = 260;
const COLOURS = ["Agency", "Program", "Measure", "TargetGroup", "PolicyDocument", "Region", "Observation", "SourceText"];

export class Series {
  constructor(element, model) {
    Object.assign(this, { element, model, chosen: 0 });
    this.rows = model.data.series.map(([zh, en, unit, points, comparisons]) => ({ words: [zh, en], unit, comparisons,
      points: points.map(([i, year, kind]) => ({ node: model.nodes[i], year, kind, region: model.nodes[i].targets("appliesTo")[0]?.name ?? "" })) }));
  }

  show(state) {
    this.state = state;
    const key = `${document.documentElement.lang}|${this.chosen}|${state.n}`;
    if (key === this.key) return;
    this.key = key;
    this.draw();
  }

  draw() {
    const head = h("div.page-head", null, h("h2", { tabindex: "-1" }, t("series.title")), h("p", null, t("series.lead")));
    const row = this.rows[this.chosen];
    if (!row) {
      fill(this.element, head, h("p.note", null, t("series.none")));
      return;
    }
    const options = this.rows.map(({ words, unit, points }, n) => h("option", { value: n, selected: n === this.chosen }, `${pick(words)} (${unit}) · ${points.length}`));
    const select = h("select", { id: "series-indicator", onchange: (event) => {
      this.chosen = Number(event.target.value);
      this.show(this.state);
      document.getElementById("series-indicator")?.focus();
    } }, options);
    const regions = [...new Set(row.points.map((point) => point.region))];
    fill(this.element, head, h("div.controls", null, h("label.field.inline", { for: "series-indicator" }, h("span", null, t("series.indicator")), select)),
      this.picture(row, regions), this.compared(row),
      h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("series.title") }, h("table.plain.series", null,
        h("thead", null, h("tr", null, ["year", "region", "value", "kind", "sentence"].map((name) => h("th", { scope: "col" }, t(`series.${name}`))))),
        h("tbody", null, row.points.map((point) => this.line(point))))));
  }

  line({ node, year, kind, region }) {
    return h("tr", null, h("td", null, year || h("span.none", null, t("series.noYear"))), h("td", { lang: "zh" }, region), h("th", { scope: "row" }, nodeLink(node, this.model, this.state, figure(node)), h("div.small", { lang: "zh" }, node.name)),
      h("td", null, kind ? t(`value.${kind}`) : ""), h("td.wide", null, node.mentions.slice(0, 1).map((e) => quotation(this.model.place(e), [node], this.model, this.state))));
  }

  compared({ comparisons }) {
    const rows = comparisons.filter(([, , , , share]) => share !== null);
    if (!rows.length) return null;
    return h("div", null, h("h3.section", null, t("series.comparisons")), h("ul.facts", null, rows.map(([year, region, target, result, share, basis]) => h("li.fact.triple", null,
      h("span", { lang: "zh" }, `${year || t("series.noYear")} ${region}`), [result, target].filter((i) => i >= 0).map((i) => nodeLink(this.model.nodes[i], this.model, this.state, figure(this.model.nodes[i]))),
      h("strong", null, t("series.share", { n: share })), h("span.small", null, basis ? t(`series.${basis}`) : "")))));
  }

  /** Return the picture; points without a year or a number are in the table only. */
  picture({ words, unit, points }, regions) {
    const drawn = points.filter(({ year, node }) => year && typeof node.extra.value === "number");
    if (!drawn.length) return null;
    const years = drawn.map(({ year }) => year);
    const [first, last] = [Math.min(...years), Math.max(...years)];
    const most = Math.max(...drawn.map(({ node }) => node.extra.value), 0) || 1;
    const least = Math.min(0, ...drawn.map(({ node }) => node.extra.value));
    const x = (year) => 90 + ((WIDE - 190) * (last > first ? (year - first) / (last - first) : 0.5));
    const y = (value) => HIGH - 36 - ((HIGH - 66) * (value - least)) / (most - least);
    const parts = [0, 0.5, 1].map((share) => least + (most - least) * share).flatMap((value) => [svg("line", { x1: 70, x2: WIDE - 20, y1: y(value), y2: y(value), class: "grid" }), svg("text", { x: 62, y: y(value) + 4, "text-anchor": "end" }, short(value))]);
    for (const year of [...new Set(years)]) parts.push(svg("text", { x: x(year), y: HIGH - 12, "text-anchor": "middle" }, String(year)));
    parts.push(svg("text", { x: 62, y: 16, "text-anchor": "end" }, unit));
    regions.forEach((region, n) => {
      const colour = `var(--type-${COLOURS[n % COLOURS.length]})`;
      const own = drawn.filter((point) => point.region === region).sort((a, b) => a.year - b.year);
      // Only what goes by one name and states one figure a year is one line.
      for (const [kind, name] of new Map(own.map((point) => [`${point.kind} ${point.node.name}`, [point.kind, point.node.name]])).values()) {
        const line = own.filter((point) => point.kind === kind && point.node.name === name);
        if (line.length > 1 && new Set(line.map(({ year }) => year)).size === line.length) parts.push(svg("polyline", { points: line.map(({ year, node }) => `${x(year)},${y(node.extra.value)}`).join(" "), fill: "none", stroke: colour, "stroke-width": 1.6, "stroke-dasharray": kind === "target" ? "5 4" : "none" }));
      }
      for (const { year, node, kind } of own) {
        const at = { cx: x(year), cy: y(node.extra.value), r: 5, stroke: colour, "stroke-width": 2 };
        parts.push(svg("circle", { ...at, fill: kind === "target" ? "var(--surface)" : colour }, svg("title", {}, `${year} ${region} ${figure(node)}`)), svg("text", { x: at.cx + 9, y: at.cy - 7, class: "point" }, figure(node)));
      }
    });
    const legend = regions.filter((region) => drawn.some((point) => point.region === region)).map((region) => {
      const key = h("span.dot");
      key.style.setProperty("background", `var(--type-${COLOURS[regions.indexOf(region) % COLOURS.length]})`);
      return h("span", { lang: "zh" }, key, region);
    });
    return h("figure.chart", null, svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": t("series.picture", { name: pick(words) }) }, ...parts), h("figcaption", null, legend));
  }
}

/** Return a number of an axis in few letters. */
function short(value) {
  return new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

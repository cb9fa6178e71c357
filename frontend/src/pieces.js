/** The small parts that panel, lists and texts share: a node's name, a sentence with its marks, a confidence. */

import { h } from "./dom.js";
import { marked, nameMarks } from "./marks.js";
import { format } from "./state.js";
import { pick, t } from "./words.js";

/** Return the link to a node, with the dot of its type; `state` keeps what else the page shows. */
export function nodeLink(node, model, state, text = nodeName(node)) {
  return h("a.node", { href: format({ ...state, n: node.id, s: "" }), "data-type": node.type, title: typeName(node, model) },
    h("span.dot", { "aria-hidden": "true" }), h("span", { lang: "zh" }, text));
}

export function typeName(node, model) {
  const type = model.typeOf.get(node.type);
  return type ? pick(type.words) : node.type;
}

export function nodeName(node) {
  if (node.type !== "Observation" || node.extra.value === undefined) return node.name;
  return `${node.name} · ${figure(node)}`;
}

/** Return an observation's value as people write it. */
export function figure({ extra }) {
  const sign = { ge: "≥ ", gt: "> ", le: "≤ ", lt: "< ", approx: "≈ " }[extra.comparator] ?? "";
  const grouped = (value) => (typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 6 }) : value);
  const value = extra.lowerValue === undefined ? `${sign}${grouped(extra.value)}` : `${grouped(extra.lowerValue)}–${grouped(extra.value)}`;
  return `${value} ${extra.unit ?? ""}`.trim();
}

/** Return a small bar and the number of a confidence in percent. */
export function confidence(percent) {
  const words = `${t("panel.confidence")} ${(percent / 100).toFixed(2)}`;
  return h("span.confidence", { title: words, role: "img", "aria-label": words, class: percent >= 80 ? "high" : percent >= 50 ? "middle" : "low" }, h("span", { style: { width: `${percent}%` } }));
}

/** Return a quotation: its sentence with the quoted words and the names of some nodes marked, and the way to its text. */
export function quotation(place, nodes, model, state) {
  const { text, left, right } = place;
  const whole = place.start === left && place.end === right;
  const names = nameMarks(model, nodes, text, left, right);
  const marks = whole ? names : [{ start: place.start, end: place.end, class: "exact" }, ...names.filter((mark) => mark.start !== place.start || mark.end !== place.end)];
  const address = format({ ...state, v: "texts", t: text.node.id, s: `${place.start}-${place.end}` });
  return h("figure.quotation", null,
    h("blockquote", { lang: language(text) }, marked(text, left, right, marks)),
    h("figcaption", null, h("a", { href: address, "aria-label": `${t("panel.inText")}: ${text.node.name}` }, text.node.name), text.node.extra.date ? h("span", null, text.node.extra.date) : null, h("span.rule", { title: t("panel.rule") }, place.rule)));
}

/** Return the language tag of a text. */
export function language(text) {
  return text.node.extra.script === "Hant" ? "zh-Hant" : "zh-Hans";
}

/** Return the name of a relation as seen from one end. */
export function relationName(predicate, incoming) {
  if (!incoming) return pick(predicate.words);
  return `← ${pick(predicate.words)}`;
}

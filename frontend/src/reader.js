/** Show a text with every sentence that granted a fact marked, and the list of the texts. */

import { fill, h } from "./dom.js";
import { marked, nameMarks } from "./marks.js";
import { language, nodeLink } from "./pieces.js";
import { format } from "./state.js";
import { count, t } from "./words.js";

export class Reader {
  constructor(element, model) {
    Object.assign(this, { element, model });
  }

  show(state) {
    const text = this.model.textOf.get(state.t);
    const key = [state.t, state.n, state.s, document.documentElement.lang].join("|");
    if (key === this.key) return;
    this.key = key;
    fill(this.element, text ? this.text(text, state) : this.list(state));
    const now = this.element.querySelector("mark.now");
    if (now) now.scrollIntoView({ block: "center" });
    else if (text && !this.element.querySelector("mark.own")) this.element.scrollTop = 0;
    else this.element.querySelector("mark.own")?.scrollIntoView({ block: "center" });
  }

  list(state) {
    const rows = this.model.texts.map((text) => {
      const { extra } = text.node;
      const region = text.node.regions[0];
      const facts = new Set(this.model.evidenceIn(text).flatMap((e) => this.model.edgesOf.get(e) ?? [])).size;
      return h("tr", null, h("th", { scope: "row" }, h("a", { href: format({ ...state, t: text.node.id, s: "" }), lang: "zh" }, text.node.name), h("div.small", null, extra.source)),
        h("td", null, extra.date ?? h("span.none", null, t("texts.unknown"))), h("td", { lang: "zh" }, region?.name ?? h("span.none", null, t("texts.unknown"))), h("td.number", null, count(text.length)), h("td.number", null, count(facts)));
    });
    return [h("div.page-head", null, h("h2", { tabindex: "-1" }, t("texts.title")), h("p", null, t("texts.lead"))),
      h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("texts.title") }, h("table.plain", null, h("thead", null, h("tr", null, ["title", "date", "region", "length", "facts"].map((key, n) => h("th", { scope: "col", class: n > 2 ? "number" : "" }, t(`texts.${key === "title" ? "name" : key}`))))), h("tbody", null, rows)))];
  }

  text(text, state) {
    const { model } = this;
    const node = model.byId.get(state.n);
    const [from, to] = (state.s ?? "").split("-").map(Number);
    const places = model.evidenceIn(text).map((e) => model.place(e));
    const marks = [];
    const notes = new Map(); // end of a sentence -> its start and facts
    for (const place of places) {
      const edges = model.edgesOf.get(place.e) ?? [];
      if (!edges.length) continue;
      if (!node) marks.push({ start: place.start, end: place.end, class: "evidence" });
      const note = notes.get(place.end) ?? { start: place.start, edges: new Set() };
      note.start = Math.min(note.start, place.start);
      for (const edge of edges) note.edges.add(edge);
      notes.set(place.end, note);
    }
    if (node) marks.push(...this.own(node, text));
    if (to > from) marks.push({ start: from, end: to, class: "now" });
    const after = (end) => {
      const note = notes.get(end);
      if (!note) return null;
      notes.delete(end);
      return h("a.note-mark", { href: format({ ...state, n: "", f: "", s: `${note.start}-${end}` }), "aria-label": t("texts.factsHere", { n: note.edges.size }), title: t("texts.factsHere", { n: note.edges.size }) }, String(note.edges.size));
    };
    const { extra } = text.node;
    return [
      h("div.page-head", null,
        h("a.back", { href: format({ ...state, t: "", s: "" }) }, `‹ ${t("texts.title")}`),
        h("h2", { lang: "zh", tabindex: "-1" }, text.node.name),
        h("p.small", null, [extra.date, extra.issuer && model.byId.get(extra.issuer)?.name, extra.source, t("texts.characters", { n: count(text.length) })].filter(Boolean).join(" · ")),
        node ? h("p.showing", null, t("texts.showing"), nodeLink(node, model, state), h("a", { href: format({ ...state, n: "", f: "", s: "" }) }, t("texts.showAll"))) : null,
        text.pieces.length === 1 && text.pieces[0].end === text.length ? null : h("p.note", null, t("texts.excerpt"))),
      h("article.text", { lang: language(text) }, this.paragraphs(text, marks, after)),
    ];
  }

  /** Return the marks of a node: where it is named, and the sentences of its facts. */
  own(node, text) {
    const marks = nameMarks(this.model, [node], text, 0, Infinity, "own-name");
    for (const edge of [...node.outgoing, ...node.incoming]) {
      for (const e of edge.evidence) if (this.model.evidence.text[e] === text.i) marks.push({ ...span(this.model.place(e)), class: "own" });
    }
    return marks;
  }

  paragraphs(text, marks, after) {
    const shown = [];
    let last = 0;
    for (const piece of text.pieces) {
      if (piece.start > last) shown.push(h("p.gap", null, t("texts.leftOut", { n: count(piece.start - last) })));
      let from = piece.start;
      for (const line of piece.words.split("\n")) {
        const to = from + (typeof piece.units === "string" ? line.length : Array.from(line).length);
        if (line.trim()) shown.push(h("p", null, marked(text, from, to, marks, after)));
        from = to + 1;
      }
      last = piece.end;
    }
    if (last < text.length) shown.push(h("p.gap", null, t("texts.leftOut", { n: count(text.length - last) })));
    return shown;
  }
}

const span = ({ start, end }) => ({ start, end });

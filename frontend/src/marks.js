/** Mark places in a text: cut it where marks begin and end, and give each part the classes of the marks over it. */

import { h } from "./dom.js";

/**
 * Return the elements that show `text[left:right]`.
 * @param text A text of the model.
 * @param {{start: number, end: number, class: string, type?: string}[]} marks Places to mark; they may overlap.
 * @param after Called with each offset at which a mark ends; returns an element to stand there, or nothing.
 */
export function marked(text, left, right, marks, after = null) {
  const inside = marks.filter((mark) => mark.start < right && mark.end > left && mark.start < mark.end);
  const cuts = new Set([left, right]);
  for (const mark of inside) cuts.add(Math.max(left, mark.start)).add(Math.min(right, mark.end));
  for (const piece of text.pieces) for (const edge of [piece.start, piece.end]) if (edge > left && edge < right) cuts.add(edge);
  const order = [...cuts].sort((a, b) => a - b);
  const starting = [...inside].sort((a, b) => a.start - b.start);
  const shown = [];
  let open = [];
  let next = 0;
  for (let n = 0; n + 1 < order.length; n++) {
    const [from, to] = [order[n], order[n + 1]];
    while (next < starting.length && starting[next].start <= from) open.push(starting[next++]);
    open = open.filter((mark) => mark.end > from);
    shown.push(part(text, from, to, open));
    const note = after?.(to);
    if (note) shown.push(note);
  }
  return shown;
}

function part(text, from, to, open) {
  const words = sliceOf(text, from, to);
  if (words === null) return h("span.gap", { title: `${to - from}` }, "…");
  if (!open.length) return words;
  const classes = [...new Set(open.map((mark) => mark.class))].join(" ");
  const type = open.find((mark) => mark.type)?.type;
  return h("mark", { class: classes, "data-type": type ?? null, "data-from": from }, words);
}

/** Return the words of a text between two offsets that no piece ends between, or null where the page does not hold them. */
export function sliceOf(text, from, to) {
  for (const piece of text.pieces) if (piece.start <= from && to <= piece.end) return piece.slice(from, to);
  return null;
}

/** Return the marks of where nodes are named in a text between two offsets. */
export function nameMarks(model, nodes, text, left, right, kind = "name") {
  const { start, length } = model.evidence;
  const marks = [];
  for (const node of nodes) {
    for (const e of node.mentions) {
      if (model.evidence.text[e] !== text.i) continue;
      const [from, to] = [start[e], start[e] + length[e]];
      if (from >= left && to <= right && to - from < right - left) marks.push({ start: from, end: to, class: kind, type: node.type });
    }
  }
  return marks;
}

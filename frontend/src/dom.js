/** Make elements; words of documents only ever become text nodes. */

const SVG = "http://www.w3.org/2000/svg";
// Controls that would turn or hide what stands around them: shown by name.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufeff]/g;

/** Return a text as it may be shown: controls of direction become their names, other controls a replacement character. */
export function shown(text) {
  return String(text)
    .replace(BIDI, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(CONTROL, "\ufffd");
}

/**
 * Return a new element.
 * @param {string} tag Its name, with classes: `p.note.small`.
 * @param {object} [props] `on…` are listeners, `class` adds classes, null and false leave an attribute out.
 * @param {...any} children Nodes, texts, lists of them; null and false are left out.
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.classList.add(...value.split(" ").filter(Boolean));
    else if (key === "style") for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    else element.setAttribute(key, value === true ? "" : shown(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : shown(child));
  }
}

/** Replace an element's content. */
export function fill(element, ...children) {
  element.textContent = "";
  append(element, children);
  return element;
}

/** Return a new element of a picture. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, shown(value));
  append(element, children);
  return element;
}

/** Return an icon of one path, 20 units square, hidden from readers. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["viewBox", "0 0 20 20"], ["aria-hidden", "true"], ["class", "icon"]]) svg.setAttribute(key, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  search: "M9 3.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M13 13l4 4",
  theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.9M10 14.4v.1M10 2.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15",
  close: "M5 5l10 10M15 5L5 15",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  back: "M12 4l-6 6l6 6",
  focus: "M10 7.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5M10 2v3M10 15v3M2 10h3M15 10h3",
  link: "M8 12l4-4M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2",
  filter: "M3 5h14M6 10h8M8.5 15h3",
};

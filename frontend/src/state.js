/** Keep what the page shows in its address: `#n=program/…&v=graph`, so that a link shows the same again. */

export const VIEWS = ["graph", "list", "matrix", "cascade", "series", "texts"];
const KEYS = ["n", "v", "f", "t", "s", "k", "p", "r", "d", "y", "c"];

/** Return the state that an address names; what it cannot mean is left out. */
export function parse(hash) {
  const state = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    const key = part.slice(0, at);
    if (at < 0 || !KEYS.includes(key)) continue;
    try {
      state[key] = decodeURIComponent(part.slice(at + 1));
    } catch {
      // a % that encodes nothing
    }
  }
  if (!VIEWS.includes(state.v)) delete state.v;
  return state;
}

/** Return the address of a state; Chinese stays readable. */
export function format(state) {
  const parts = KEYS.filter((key) => state[key]).map((key) => `${key}=${String(state[key]).replace(/[%&#+\s"<>]/g, encodeURIComponent)}`);
  return `#${parts.join("&")}`;
}

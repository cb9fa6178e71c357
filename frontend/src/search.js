/** Find names and sentences: any script, any case, parts of words; nearly right names by their pairs of characters. */

let table = null;

/** Take the letters that folding changes, and what they become: two strings of equal length. */
export function setFold([from, to]) {
  table = new Uint16Array(65536);
  for (let i = 0; i < 65536; i++) table[i] = i;
  for (let i = 0; i < from.length; i++) table[from.charCodeAt(i)] = to.charCodeAt(i);
}

/** Return a text in simplified script and lower case, of equal length. */
export function fold(text) {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = table[text.charCodeAt(i)];
    units[i] = unit > 64 && unit < 91 ? unit + 32 : unit;
  }
  let folded = "";
  for (let i = 0; i < units.length; i += 8192) folded += String.fromCharCode(...units.subarray(i, i + 8192));
  return folded;
}

const bare = (text) => fold(text).replace(/[\s“”"'《》〈〉「」]/g, "");

function pairs(text) {
  const found = new Set();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return found;
}

/** Hold the names of the nodes in the form in which they are compared; made at the first search. */
export class Names {
  constructor(nodes) {
    this.rows = [];
    for (const node of nodes) {
      if (node.type === "Provision") continue;
      const own = [node.name, node.extra.title, node.extra.number, ...[].concat(node.extra.aliases ?? [])];
      const names = [...new Set(own.filter((name) => typeof name === "string" && name))];
      this.rows.push({ node, names, keys: names.map(bare) });
    }
  }

  /** Return the nodes that a query means, best first, each with the name that fitted. */
  find(query, limit = 12) {
    const wanted = bare(query);
    if (!wanted) return [];
    const wantedPairs = pairs(wanted);
    const hits = [];
    for (const { node, names, keys } of this.rows) {
      let best = 0;
      let name = "";
      for (let k = 0; k < keys.length; k++) {
        const value = score(wanted, wantedPairs, keys[k]) - (k ? 2 : 0);
        if (value > best) [best, name] = [value, names[k]];
      }
      if (best > 0) hits.push({ node, name, score: best + Math.min(9, Math.log2(1 + node.degree)) });
    }
    hits.sort((a, b) => b.score - a.score || a.node.i - b.node.i);
    const cut = hits.length && hits[0].score > 60 ? hits.filter((hit) => hit.score > 45) : hits;
    return cut.slice(0, limit);
  }
}

function score(wanted, wantedPairs, key) {
  if (key === wanted) return 120;
  const at = key.indexOf(wanted);
  if (at === 0) return 90 - Math.min(9, key.length - wanted.length);
  if (at > 0) return 75 - Math.min(9, key.length - wanted.length);
  if (wanted.length < 3) return 0;
  let shared = 0;
  const own = pairs(key);
  for (const pair of wantedPairs) if (own.has(pair)) shared++;
  const dice = (2 * shared) / (wantedPairs.size + own.size);
  return dice >= 0.4 ? dice * 50 : 0;
}

/** Hold the words of the texts; made at the first search. */
export class Sentences {
  constructor(texts) {
    this.pieces = texts.flatMap((text) => text.pieces.map((piece) => ({ text, piece, folded: fold(piece.words) })));
  }

  /** Return the number of places that hold the query, and the first few: text, offset, and the words around. */
  find(query, limit = 4) {
    const wanted = fold(query.trim());
    if (wanted.length < 2) return { total: 0, hits: [] };
    let total = 0;
    const hits = [];
    for (const { text, piece, folded } of this.pieces) {
      for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
        total++;
        if (hits.length >= limit) continue;
        const start = piece.start + piece.points(at);
        hits.push({ text, start, end: start + [...wanted].length, before: piece.words.slice(Math.max(0, at - 12), at),
          exact: piece.words.slice(at, at + wanted.length), after: piece.words.slice(at + wanted.length, at + wanted.length + 22) });
      }
    }
    return { total, hits };
  }
}

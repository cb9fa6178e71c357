/** Give the page's words in the chosen language. */

let table = {};
let column = 0;

export function setWords(words) {
  table = words;
}

export function setLanguage(language) {
  column = language === "zh" ? 0 : 1;
}

/** Return the word of a key; `{name}` in it is replaced by the value of that name. */
export function t(key, values) {
  const text = table[key]?.[column] ?? key.slice(key.lastIndexOf(".") + 1);
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "") : text;
}

/** Return the one of a pair [Chinese, English] that is wanted; names are in Chinese where there is no English. */
export function pick(pair) {
  const text = pair[column] || pair[0] || pair[1];
  return column ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

export function count(number) {
  return number.toLocaleString("en-US");
}

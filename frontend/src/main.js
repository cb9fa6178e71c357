/** Start the page: read the data, build the frame, and show what the address says, again at each change of it. */

import "./nowebgl.js";
import { Cascade } from "./cascade.js";
import { Canvas, canDraw } from "./canvas.js";
import { fill, h, icon, ICONS } from "./dom.js";
import { apply, filterOf } from "./filter.js";
import { List } from "./list.js";
import { copyText, Matrix } from "./matrix.js";
import { Model, readData } from "./model.js";
import { Panel } from "./panel.js";
import { Reader } from "./reader.js";
import { setFold } from "./search.js";
import { Series } from "./series.js";
import { SearchBox } from "./searchbox.js";
import { Sidebar } from "./sidebar.js";
import { format, parse, VIEWS } from "./state.js";
import { count, setLanguage, setWords, t } from "./words.js";

const FILTERS = ["k", "p", "r", "d", "y", "c"];

/** Remember a choice of the reader where the browser allows it. */
const memory = {
  get(key) {
    try {
      return localStorage.getItem(`kg-${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`kg-${key}`, value);
    } catch {
      // a page opened from disk may have no storage
    }
  },
};

class Page {
  constructor(root, data) {
    this.root = root;
    setWords(data.words);
    setFold(data.fold);
    this.model = new Model(data);
    this.state = { v: "", ...parse(location.hash) };
    this.drawable = canDraw();
    const language = memory.get("language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
    this.setLanguage(language, false);
    this.setTheme(memory.get("theme") ?? "", false);
    this.frame();
    this.parts();
    this.words();
    this.show(true);
    addEventListener("hashchange", () => this.go(location.hash, false));
    addEventListener("keydown", (event) => this.key(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.canvas?.sigma && this.canvas.restyle());
    new ResizeObserver(() => !this.stage.hidden && this.canvas?.sigma && this.canvas.resize()).observe(this.stage);
  }

  /** Build what stays: the bar, the sidebar, the views, the panel. */
  frame() {
    const button = (name, path, run) => h("button.tool", { type: "button", id: `tool-${name}`, onclick: run }, path ? icon(path) : null);
    this.side = h("aside.side", { id: "side" });
    this.tabs = h("nav.tabs");
    this.stage = h("div.stage", { id: "view-graph" }, (this.surface = h("div.surface", { role: "img" })), (this.stageTools = h("div.stage-tools")), (this.crumb = h("div.crumb")), (this.empty = h("p.empty-note", { hidden: true })));
    this.views = { graph: this.stage, list: h("section.view", { id: "view-list" }), matrix: h("section.view", { id: "view-matrix" }), cascade: h("section.view", { id: "view-cascade" }), series: h("section.view", { id: "view-series" }), texts: h("section.view", { id: "view-texts" }) };
    this.aside = h("aside.panel", { id: "panel" });
    this.help = h("dialog", { id: "help", onclick: (event) => event.target === this.help && this.help.close() });
    this.toast = h("div.toast", { role: "status" });
    this.searchHost = h("div.search-host", { role: "search" });
    this.brand = h("div.brand");
    this.skip = h("a.skip", { href: "#view-list", onclick: (event) => {
      event.preventDefault();
      this.go({ v: "list" });
      this.views.list.querySelector("h2")?.focus();
    } });
    fill(this.root,
      h("header.bar", null, this.skip, button("filter", ICONS.filter, () => this.toggleSide()), this.brand, this.searchHost,
        h("div.tools", null, button("language", null, () => this.setLanguage(this.language === "zh" ? "en" : "zh")), button("theme", ICONS.theme, () => this.setTheme(this.dark() ? "light" : "dark")), button("help", ICONS.help, () => this.help.showModal()))),
      h("div.body", null, this.side, h("main.main", null, this.tabs, ...Object.values(this.views)), this.aside), this.help, this.toast);
  }

  parts() {
    const { model } = this;
    this.search = new SearchBox(this.searchHost, model, (address) => this.go(address));
    this.sidebar = new Sidebar(this.side, model, (change) => this.go(change));
    this.panel = new Panel(this.aside, model, { focus: (node) => this.focus(node), copy: () => this.copyLink(), close: () => this.go({ n: "", f: "" }) });
    this.list = new List(this.views.list, model);
    this.matrix = new Matrix(this.views.matrix, model);
    this.cascade = new Cascade(this.views.cascade, model);
    this.series = new Series(this.views.series, model);
    this.reader = new Reader(this.views.texts, model);
  }

  /** Write the words of the frame in the chosen language. */
  words() {
    document.title = t("page.title");
    fill(this.brand, h("h1", null, t("page.title")), h("p", null, t("page.counts", { texts: count(this.model.texts.length), nodes: count(this.model.things), facts: count(this.model.edges.length) })));
    this.skip.textContent = t("page.skip");
    for (const name of ["filter", "language", "theme", "help"]) {
      const tool = document.getElementById(`tool-${name}`);
      tool.setAttribute("aria-label", (name === "language" ? `${t("page.otherLanguage")} · ` : "") + t(`page.${name}`));
      tool.title = t(`page.${name}`);
    }
    document.getElementById("tool-language").textContent = t("page.otherLanguage");
    this.side.setAttribute("aria-label", t("filter.title"));
    this.aside.setAttribute("aria-label", t("panel.title"));
    this.tabs.setAttribute("aria-label", t("page.views"));
    this.surface.setAttribute("aria-label", t("graph.label"));
    fill(this.stageTools, [["plus", "zoomIn", () => this.canvas?.zoom(0.66)], ["minus", "zoomOut", () => this.canvas?.zoom(1.5)], ["fit", "fit", () => this.canvas?.fit()]].map(([name, word, run]) => h("button.tool", { type: "button", onclick: run, "aria-label": t(`graph.${word}`), title: t(`graph.${word}`) }, icon(ICONS[name]))));
    const keys = [["/", "search"], ["1 – 6", "views"], ["f", "focus"], ["Esc", "escape"], ["?", "help"]];
    fill(this.help, h("h2", null, t("help.title")), ["read", "colours", "confidence", "empty"].map((key) => h("p", null, t(`help.${key}`))), h("h3", null, t("help.keys")), h("dl.keys", null, keys.map(([key, word]) => [h("dt", null, h("kbd", null, key)), h("dd", null, t(`help.key-${word}`))])), h("button.button", { type: "button", onclick: () => this.help.close() }, t("panel.close")));
    this.search?.words();
  }

  setLanguage(language, again = true) {
    this.language = language;
    setLanguage(language);
    document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
    if (!again) return;
    memory.set("language", language);
    this.words();
    this.canvas?.sigma && this.canvas.restyle();
    this.show(true);
  }

  dark() {
    return (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  }

  setTheme(theme, again = true) {
    if (theme) document.documentElement.dataset.theme = theme;
    if (!again) return;
    memory.set("theme", theme);
    this.canvas?.sigma && this.canvas.restyle();
  }

  /** Change the state: an address, or what of it changes. The history gets an entry, so that "back" leads back. */
  go(target, write = true) {
    const next = typeof target === "string" ? parse(target) : { ...this.state, ...target };
    for (const key of Object.keys(next)) if (!next[key]) delete next[key];
    if (next.f && !next.n) delete next.f;
    const address = format(next);
    if (write && address !== format(parse(location.hash))) {
      location.hash = address; // shows itself by the event
      return;
    }
    const before = this.state;
    this.state = { v: "", ...next };
    this.show(false, before);
  }

  view() {
    if (this.state.v) return this.state.v;
    return this.drawable ? "graph" : "list";
  }

  show(all, before = null) {
    const { state, model } = this;
    const view = this.view();
    const changed = all || FILTERS.some((key) => (state[key] ?? "") !== (before?.[key] ?? ""));
    if (changed) {
      this.visible = apply(filterOf(state, model), model);
      this.sidebar.show(state);
    }
    const full = { ...state, v: view };
    fill(this.tabs, VIEWS.map((name, n) => h("a", { href: format({ ...state, v: name, t: name === "texts" ? state.t : "", s: name === "texts" ? state.s : "" }), "aria-current": name === view ? "page" : null, id: `tab-${name}`, title: `${t(`view.${name}`)} (${n + 1})` }, t(`view.${name}`))));
    for (const [name, element] of Object.entries(this.views)) element.hidden = name !== view;
    this.root.dataset.view = view;
    this.root.classList.toggle("has-node", Boolean(state.n));
    this.root.classList.toggle("has-place", view === "texts" && Boolean(state.t && state.s));
    this.search.state = full;
    // The first time everything else is shown before the picture, which takes longest.
    if (view === "graph" && all && !this.canvas) setTimeout(() => this.view() === "graph" && this.draw(), 0);
    else if (view === "graph") this.draw();
    if (view === "list") this.list.show(full, this.visible);
    if (view === "matrix") this.matrix.show(full);
    if (view === "cascade") this.cascade.show(full);
    if (view === "series") this.series.show(full);
    if (view === "texts") this.reader.show(full);
    this.panel.show(full);
    // Readers and keyboard go on where the new facts are.
    if (before && state.n && state.n !== before.n) this.aside.querySelector("h2")?.focus({ preventScroll: true });
  }

  draw() {
    const node = this.model.byId.get(this.state.n) ?? null;
    if (!this.drawable) {
      this.empty.hidden = false;
      fill(this.empty, t("graph.noWebGL"), " ", h("a", { href: format({ ...this.state, v: "list" }) }, t("view.list")));
      return;
    }
    const selection = { selected: node, focused: this.state.f ? node : null, visible: this.visible };
    this.canvas ??= new Canvas(this.surface, this.model, { open: (one) => this.go({ n: one.id }), focus: (one) => this.focus(one), clear: () => this.state.n && !this.state.f && this.go({ n: "" }) });
    if (this.canvas.sigma) this.canvas.resize();
    this.canvas.show(selection);
    document.documentElement.dataset.drawn ??= String(Math.round(performance.now()));
    fill(this.crumb, this.state.f && node ? [h("button.button", { type: "button", id: "leave-focus", onclick: () => this.go({ f: "" }) }, icon(ICONS.back), t("graph.whole")), h("span", { lang: "zh" }, node.name), this.canvas.left ? h("span.small", null, t("graph.left", { n: this.canvas.left })) : null] : null);
    const none = !this.model.nodes.some((one) => one.drawn && this.visible.nodes[one.i]);
    this.empty.hidden = !none;
    if (none) this.empty.textContent = t("graph.nothing");
  }

  focus(node) {
    const on = !(this.state.f && this.state.n === node.id);
    this.go({ n: node.id, f: on ? "1" : "", v: on && this.drawable ? "graph" : this.state.v });
  }

  async copyLink() {
    await copyText(location.href);
    this.say(t("panel.copied"));
  }

  say(text) {
    this.toast.textContent = text;
    this.toast.classList.add("on");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => this.toast.classList.remove("on"), 1800);
  }

  toggleSide() {
    this.root.classList.toggle("side-open");
    document.getElementById("tool-filter").setAttribute("aria-expanded", String(this.root.classList.contains("side-open")));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open || event.target.closest("input, select, textarea")) return;
    const node = this.model.byId.get(this.state.n);
    const run = {
      "/": () => this.search.input.focus(),
      "?": () => this.help.showModal(),
      f: () => node?.drawn && this.focus(node),
      Escape: () => (this.state.f ? this.go({ f: "" }) : this.state.n ? this.go({ n: "" }) : this.state.s && this.go({ s: "" })),
      ...Object.fromEntries(VIEWS.map((name, n) => [String(n + 1), () => this.go({ v: name })])),
    }[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  }
}

async function start() {
  const root = document.getElementById("app");
  const block = document.getElementById("data");
  try {
    const data = await readData(block);
    block.remove();
    new Page(root, data);
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  } catch (error) {
    root.textContent = `This page cannot show its graph: ${error}`;
    throw error;
  }
}

start();

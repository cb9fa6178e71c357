// Drive explorer pages in a headless Chromium and print what was seen as JSON; `tests/test_explorer_browser.py` judges it.
// node drive.mjs CHROMIUM SHOTS STORY=PAGE…   (a page may be used by several stories)
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [, , executablePath, shots, ...jobs] = process.argv;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
mkdirSync(shots, { recursive: true });

/** Open a page as a reader does, and note every request, error and dialog. */
async function open(browser, file, { hash = "", locale = "zh-CN", scheme = "light", width = 1440, height = 900, init = null } = {}) {
  const context = await browser.newContext({ locale, colorScheme: scheme, viewport: { width, height }, acceptDownloads: true, reducedMotion: "reduce" });
  const page = await context.newPage();
  const seen = { requests: [], errors: [], dialogs: [] };
  page.on("request", (request) => !/^(file|blob|data):/.test(request.url()) && seen.requests.push(request.url()));
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("dialog", (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });
  if (init) await page.addInitScript(init);
  await page.goto(pathToFileURL(file).href + hash);
  await page.waitForFunction(() => document.documentElement.dataset.ready, null, { timeout: 60000 });
  page.seen = seen;
  return page;
}

const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60))));
const drawn = (page) => page.waitForFunction(() => document.documentElement.dataset.drawn, null, { timeout: 60000 }).then(() => settled(page));
const hash = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const text = (page, selector) => page.locator(selector).first().innerText();
const texts = (page, selector) => page.locator(selector).allInnerTexts();

async function press(page, ...keys) {
  for (const key of keys) {
    await page.keyboard.press(key);
    await settled(page);
  }
}

/** Return how many colours a part of the page shows, and the share of its most frequent one. */
async function picture(page, selector, name) {
  const png = await page.locator(selector).first().screenshot({ path: join(shots, `${name}.png`) });
  const helper = await page.context().browser().newPage();
  const found = await helper.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
    const counts = new Map();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return { colours: counts.size, most: Math.max(...counts.values()) / pixels.length };
  }, png.toString("base64"));
  await helper.close();
  return found;
}

async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
}

const stories = {
  async search(browser, file) {
    const page = await open(browser, file);
    const found = { start: await text(page, "#panel h2") };
    for (const [name, query] of [["simplified", "舒心就业"], ["traditional", "舒心就業"], ["part", "心就业"], ["misspelt", "舒心的就业"]]) {
      await page.fill("#search", query);
      await settled(page);
      found[name] = (await texts(page, "#search-list [role=option]"))[0];
    }
    await page.fill("#search", "舒心就业");
    await page.locator("#search-list [role=option]").first().click();
    await settled(page);
    await drawn(page);
    found.opened = { title: await text(page, "#panel h2"), hash: await hash(page), quotations: await texts(page, "#panel .quotation blockquote"), relations: await texts(page, "#panel .group h4"), names: await texts(page, "#panel mark.name") };
    found.picture = await picture(page, "#view-graph", "search");
    await page.locator("#panel .fact .quotation figcaption a").first().click();
    await settled(page);
    const mark = page.locator("#view-texts mark.now").first();
    found.marked = { words: (await texts(page, "#view-texts mark.now")).join(""), inView: await mark.evaluate((element) => { const box = element.getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; }),
      colour: await mark.evaluate((element) => getComputedStyle(element).backgroundColor), title: await text(page, "#view-texts h2") };
    await page.goBack();
    await settled(page);
    found.back = await hash(page);
    await page.goBack();
    await settled(page);
    found.backAgain = await text(page, "#panel h2");
    return [page, found];
  },

  async filter(browser, file) {
    const page = await open(browser, file, { hash: "#v=list" });
    const number = async () => Number((await text(page, "#view-list [role=status]")).replace(/\D/g, ""));
    const found = { all: await number() };
    await page.locator("#type-Measure").uncheck();
    await settled(page);
    found.withoutMeasures = { number: await number(), types: await page.locator("#view-list a.node").evaluateAll((links) => [...new Set(links.map((link) => link.dataset.type))]), hash: await hash(page) };
    await page.locator("#filter-clear").click();
    await settled(page);
    found.cleared = await number();
    await page.selectOption("#filter-region", { label: (await texts(page, "#filter-region option")).find((name) => name.includes("湖南省")) });
    await settled(page);
    found.hunan = await number();
    await page.locator("#filter-clear").click();
    await page.selectOption("#filter-text", { index: 1 });
    await settled(page);
    found.oneText = await number();
    await page.locator("#filter-clear").click();
    await page.selectOption("#year-from", "2023");
    await settled(page);
    found.since2023 = await number();
    await page.locator("#filter-clear").click();
    await page.locator("#filter-confidence").fill("90");
    await settled(page);
    found.sure = { number: await number(), least: Math.min(...(await texts(page, "#view-list tbody td:last-child")).map(Number)) };
    await page.locator("#filter-clear").click();
    await page.locator("#relations-toggle").click();
    await page.locator("#relation-targets").uncheck();
    await settled(page);
    found.relation = { number: await number(), hash: await hash(page) };
    return [page, found];
  },

  async matrix(browser, file) {
    const page = await open(browser, file, { hash: "#v=matrix" });
    const cells = async () => Object.fromEntries(await page.locator("table.matrix tbody button").evaluateAll((buttons) => buttons.map((button) => [button.getAttribute("aria-label"), Number(button.textContent)])));
    const found = { cells: await cells(), caption: await text(page, "table.matrix caption"), empty: await page.locator("table.matrix td.empty .hidden").first().textContent(), headers: await page.locator("table.matrix thead th[scope=col]").count() };
    const button = page.locator("table.matrix tbody button").first();
    found.number = Number(await button.innerText());
    await button.click();
    await settled(page);
    found.drill = { provisions: await page.locator(".drill > ul > li").count(), sentences: await page.locator(".drill blockquote").count(), words: (await texts(page, ".drill blockquote"))[0], names: await page.locator(".drill mark.name").count() };
    found.picture = await picture(page, "#view-matrix", "matrix");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".controls button").nth(1).click()]);
    found.csv = { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator(".controls button").first().click();
    await settled(page);
    found.copied = await page.evaluate(() => navigator.clipboard.readText().catch(String));
    const facets = page.locator("#matrix-by-province option");
    await page.selectOption("#matrix-by-province", { index: (await facets.count()) - 1 });
    await settled(page);
    found.facet = await cells();
    await page.selectOption("#matrix-rows", "subtype");
    await settled(page);
    found.fine = await page.locator("table.matrix tbody tr").count();
    await page.locator(".drill, table.matrix button").first().waitFor({ state: "attached" });
    return [page, found];
  },

  async keyboard(browser, file) {
    const page = await open(browser, file);
    const found = {};
    await drawn(page);
    await press(page, "/");
    found.slash = await page.evaluate(() => document.activeElement.id);
    await page.keyboard.type("高校毕业生");
    await settled(page);
    await press(page, "ArrowDown", "ArrowUp");
    found.active = await page.evaluate(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.innerText);
    await press(page, "Enter");
    found.opened = await text(page, "#panel h2");
    found.focusIn = await page.evaluate(() => Boolean(document.activeElement.closest("#panel")));
    await press(page, "f");
    found.focused = await hash(page);
    found.picture = await picture(page, "#view-graph", "focus");
    await press(page, "Escape");
    found.left = await hash(page);
    await press(page, "Escape");
    found.cleared = await hash(page);
    await press(page, "2");
    found.list = await hash(page);
    await page.locator("#tab-list").focus();
    // From the tab to the first node of the table by Tab alone.
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => Boolean(document.activeElement.closest("tbody a")))) break;
    }
    found.link = await page.evaluate(() => document.activeElement.innerText);
    await press(page, "Enter");
    found.followed = await text(page, "#panel h2");
    // On from the panel's heading to a neighbour's name, and to it.
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => Boolean(document.activeElement.closest("#panel .fact-head a")))) break;
    }
    found.neighbour = await page.evaluate(() => document.activeElement.innerText.split(" · ")[0]);
    await press(page, "Enter");
    found.walked = await text(page, "#panel h2");
    await press(page, "4", "3", "1");
    found.view = await hash(page);
    await press(page, "?");
    found.help = await page.evaluate(() => document.getElementById("help").open);
    await press(page, "Escape");
    found.helpClosed = await page.evaluate(() => !document.getElementById("help").open);
    return [page, found];
  },

  async look(browser, file) {
    const found = { violations: {}, pictures: {} };
    let last = null;
    for (const [name, options] of [
      ["graph", {}], ["node", { hash: "#n=program/舒心就业" }], ["list", { hash: "#v=list" }], ["matrix", { hash: "#v=matrix" }], ["texts", { hash: "#v=texts" }], ["cascade", { hash: "#v=cascade" }], ["series", { hash: "#v=series" }],
      ["text", { hash: "#n=program/舒心就业&v=texts&t=text/e86ec4ea1c1e5bc1" }], ["sentence", { hash: "#v=texts&t=text/e86ec4ea1c1e5bc1&s=0-4835" }],
      ["dark", { hash: "#n=group/高校毕业生", scheme: "dark", locale: "en-GB" }], ["dark-text", { hash: "#v=texts&t=text/e86ec4ea1c1e5bc1", scheme: "dark" }],
      ["dark-matrix", { hash: "#v=matrix", scheme: "dark" }], ["small", { hash: "#n=program/舒心就业", width: 390, height: 800 }],
    ]) {
      await last?.context().close();
      last = await open(browser, file, options);
      if (!options.hash?.includes("v=")) await drawn(last);
      if (name === "matrix") await last.locator("table.matrix tbody button").first().click();
      await settled(last);
      found.violations[name] = await violations(last);
      found.pictures[name] = await picture(last, "body", name);
      if (name === "cascade") found.cascade = { cards: await texts(last, "#view-cascade .card"), levels: await texts(last, "#view-cascade .level h3"), lines: await last.locator("#view-cascade .lines path[d]").count(), sentences: await last.locator("#view-cascade blockquote").count(), links: await last.locator("#view-cascade .facts > li").count() };
      if (name === "series") found.series = { points: await last.locator("#view-series circle").count(), rows: await texts(last, "#view-series tbody th"), sentences: await texts(last, "#view-series tbody blockquote"), title: await text(last, "#view-series option") };
      if (name === "graph") {
        await last.locator("#tool-language").click();
        found.english = { title: await last.title(), language: await last.evaluate(() => document.documentElement.lang), tab: await text(last, "#tab-matrix") };
        const paper = () => last.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const before = await paper();
        await last.locator("#tool-theme").click();
        found.theme = [before, await paper()];
        await last.locator("#tool-help").click();
        found.violations.help = await violations(last);
      }
      found[`seen-${name}`] = last.seen;
    }
    return [last, found];
  },

  async nowebgl(browser, file) {
    const plain = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-quic", "--no-first-run", "--disable-background-networking"] });
    const page = await open(plain, file, { init: () => { delete globalThis.WebGLRenderingContext; delete globalThis.WebGL2RenderingContext; } });
    const found = { webgl: await page.evaluate(() => Boolean(document.createElement("canvas").getContext("webgl2"))), rows: await page.locator("#view-list tbody tr").count() };
    await page.fill("#search", "舒心就业");
    await page.keyboard.press("Enter");
    await settled(page);
    found.title = await text(page, "#panel h2");
    found.quotations = await page.locator("#panel .quotation").count();
    await page.locator("#tab-graph").click();
    await settled(page);
    found.note = await text(page, "#view-graph .empty-note");
    found.violations = await violations(page);
    const seen = page.seen;
    await plain.close();
    return [{ seen, context: () => ({ close() {} }) }, found];
  },

  async hostile(browser, file) {
    const page = await open(browser, file, { hash: "#v=list" });
    const found = {};
    const ids = await page.locator("#view-list a.node").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    const addresses = new Set();
    const collect = async () => {
      for (const one of await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) addresses.add(one);
    };
    found.shown = "";
    for (const address of [...ids, "#v=texts", "#v=matrix"]) {
      await page.evaluate((to) => { location.hash = to; }, address);
      await settled(page);
      await collect();
      found.shown += await page.evaluate(() => document.body.innerText);
    }
    await page.locator("table.matrix button").first().click();
    for (const link of await page.locator("#view-texts a").all()) await link.dispatchEvent("focus");
    for (const query of ["<script", "<img", "onerror"]) {
      await page.fill("#search", query);
      await settled(page);
      await collect();
    }
    await page.evaluate(() => { location.hash = "#v=texts&t=text/0000000000000001"; });
    await settled(page);
    found.text = await text(page, "article.text");
    found.elements = await page.evaluate(() => ({ scripts: document.scripts.length, images: document.images.length, frames: document.querySelectorAll("iframe, object, embed, style:not(head style)").length,
      handlers: [...document.querySelectorAll("*")].filter((element) => [...element.attributes].some((attribute) => attribute.name.startsWith("on"))).length }));
    found.pwned = await page.evaluate(() => globalThis.pwned ?? null);
    found.addresses = [...addresses].filter((one) => !one.startsWith("#"));
    found.title = await page.title();
    // What the policy would stop if a text node ever became markup: asked for on purpose, so it is no error of the page.
    found.policy = await page.evaluate(() => {
      const element = document.createElement("div");
      try {
        element.innerHTML = "<img src=x onerror='globalThis.pwned = 1'>";
        return "markup was taken";
      } catch (error) {
        return error.name;
      }
    });
    page.seen.errors = page.seen.errors.filter((error) => !error.includes("TrustedHTML"));
    return [page, found];
  },

  async large(browser, file) {
    const found = { runs: [] };
    let page = null;
    for (let run = 0; run < 2; run++) {
      await page?.context().close();
      page = await open(browser, file);
      await drawn(page);
      const times = await page.evaluate(() => ({ ready: Number(document.documentElement.dataset.ready), drawn: Number(document.documentElement.dataset.drawn) }));
      const started = Date.now();
      await page.fill("#search", "创业担保贷款");
      await page.locator("#search-list [role=option]").first().waitFor();
      found.runs.push({ ...times, search: Date.now() - started });
    }
    await page.keyboard.press("Enter");
    await settled(page);
    found.quotations = await page.locator("#panel .quotation").count();
    found.empty = await page.locator("#panel .quotation .gap").count();
    await page.locator("#panel .quotation figcaption a").first().click();
    await settled(page);
    found.marked = (await texts(page, "#view-texts mark.now")).join("");
    await page.locator("#tab-graph").click();
    await settled(page);
    found.picture = await picture(page, "#view-graph", "large");
    return [page, found];
  },
};

const browser = await chromium.launch({ executablePath, headless: true, args: ARGS });
const result = {};
for (const job of jobs) {
  const at = job.indexOf("=");
  const name = job.slice(0, at);
  const started = Date.now();
  try {
    const [page, found] = await stories[name](browser, job.slice(at + 1));
    result[name] = { ...found, seen: page.seen, seconds: (Date.now() - started) / 1000 };
    await page.context().close();
  } catch (error) {
    result[name] = { failed: String(error.stack ?? error) };
  }
}
await browser.close();
process.stdout.write(JSON.stringify(result));

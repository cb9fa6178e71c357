// Write the built front end: `node build.mjs [FOLDER]`, by default ../kg/export/web. The same sources give the same bytes.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../kg/export/web"));
const shared = {
  absWorkingDir: here,
  bundle: true,
  charset: "ascii", // the page's bytes do not depend on how a server declares them
  legalComments: "none", // THIRD-PARTY.md has the licences
  logLevel: "warning",
  minify: true,
  target: ["chrome100", "firefox113", "safari16.4"],
  write: false,
};
mkdirSync(out, { recursive: true });
for (const [entry, name, options] of [
  ["src/main.js", "explorer.js", { format: "iife" }],
  ["src/style.css", "explorer.css", {}],
]) {
  const result = await build({ ...shared, ...options, entryPoints: [entry] });
  // An inline script or style must not hold its own end tag.
  const text = result.outputFiles[0].text.replaceAll(/<\/(script|style)/gi, "<\\/$1");
  writeFileSync(join(out, name), text);
}
writeFileSync(join(out, "explorer.html"), readFileSync(join(here, "src/page.html")));

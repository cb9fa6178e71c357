// Ask a SPARQL endpoint with Comunica: node ask.js URL, a JSON array of queries on standard input.
// Prints for each query one line: a JSON array of rows, each an array of values, null where unbound.
import { QueryEngine } from "@comunica/query-sparql";
import { readFileSync } from "node:fs";

const engine = new QueryEngine();
for (const query of JSON.parse(readFileSync(0, "utf8"))) {
  const result = await engine.query(query, { sources: [{ type: "sparql", value: process.argv[2] }] });
  const names = (await result.metadata()).variables.map((each) => (each.variable ?? each).value);
  const rows = await (await result.execute()).toArray();
  console.log(JSON.stringify(rows.map((row) => names.map((name) => row.get(name)?.value ?? null))));
}

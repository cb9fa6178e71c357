// The query page: YASGUI on this server's endpoint, with the named questions as examples. It asks this server and nobody else.
"use strict";

async function start() {
  const setup = await (await fetch("/setup.json")).json();
  const endpoint = new URL("/sparql", location.href).href;
  completeFrom(setup.prefixes);
  tellCuts(endpoint, setup.words.truncated);
  const yasgui = new Yasgui(document.getElementById("yasgui"), {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: true,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    persistenceId: null,
    yasqe: { value: new URLSearchParams(location.search).get("query") || setup.questions[0].query, persistenceId: null },
    yasr: { prefixes: setup.prefixes, persistenceId: null },
  });
  const select = document.getElementById("questions");
  select.append(new Option(setup.words.choose, ""), ...setup.questions.map((one) => new Option(`${one.zh} — ${one.en}`, one.name)));
  select.addEventListener("change", () => {
    const one = setup.questions.find((each) => each.name === select.value);
    if (one) yasgui.getTab().setQuery(one.query);
  });
  keepLinks(setup.root);
}

// YASQE would ask a vocabulary service for the names of classes and properties; ours completes the prefixes of this server.
function completeFrom(prefixes) {
  const known = Object.entries(prefixes).map(([prefix, base]) => `${prefix}: <${base}>`);
  Yasgui.Yasqe.forkAutocompleter("prefixes", { name: "ours", persistenceId: null, get: async () => known });
  Yasgui.Yasqe.defaults.autocompleters = ["ours", "variables"];
}

// An answer that was cut says so in a header, which no table shows.
function tellCuts(endpoint, words) {
  const ask = window.fetch.bind(window);
  const notice = document.getElementById("notice");
  window.fetch = async (input, init) => {
    const response = await ask(input, init);
    if ((input.url || String(input)).startsWith(endpoint)) {
      notice.hidden = response.headers.get("KG-Truncated") !== "true";
      notice.textContent = `${words} (${response.headers.get("KG-Row-Limit")})`;
    }
    return response;
  };
}

// An IRI of the graph leads to its page here, not to the address that it will have one day.
function keepLinks(root) {
  document.getElementById("yasgui").addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !link.href.startsWith(root)) return;
    event.preventDefault();
    window.open(`/${link.href.slice(root.length)}`, "_blank", "noopener");
  }, true);
}

start();

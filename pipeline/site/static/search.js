// Searches words with Pagefind, in Russian and English at once, and looks up archival references.
import { asReference, leafAmong, placesOf } from "./references.js";

const { root, home } = document.body.dataset;
const form = document.querySelector("main form.search");
const statusLine = document.getElementById("status");
const list = document.getElementById("results");
const words = form.dataset;
const AT_ONCE = 20;
const AROUND = 12; // words of an excerpt on each side of a hit

const plain = (text) => text.normalize("NFC").toLowerCase().replaceAll("ё", "е");

function element(name, className, ...inside) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...inside);
  return node;
}

function showPlace([id, title, archive, steps, leaves, names], reference) {
  const leaf = reference.wanted.leaf && leafAmong(names, reference.wanted.leaf);
  if (reference.wanted.leaf && !leaf) return null;
  const link = element("a", "", title);
  link.href = `${home}id/${id}/${leaf ? `${leaf}/` : ""}index.html`;
  const where = [archive.toUpperCase(), ...steps.map(([level, value]) => `${level} ${value}`), leaves && `${words.leaf} ${leaf ?? leaves}`];
  return element("li", "", link, element("span", "aside", where.filter(Boolean).join(", ")));
}

const NO_INDEX = { search: async () => ({ results: [] }), filters: async () => ({}) }; // of an archive without records
let engine, changes, stemmer;
const pagefind = () => (engine ??= load().catch((error) => { engine = undefined; throw error; }));
async function load() {
  changes = await (await fetch(`${root}search/newer.json`)).json();
  changes.stale = new Set(changes.stale);
  const [library, russian] = await Promise.all([
    changes.empty ? NO_INDEX : import(new URL("pagefind/pagefind.js", import.meta.url).href),
    import(new URL("libraries/stemmers/ru.js", import.meta.url).href).catch(() => ({ stemmer: (word) => word })),
  ]);
  stemmer = russian.stemmer;
  if (changes.empty) return library;
  await library.options({ baseUrl: "/", ranking: { metaWeights: { context: 0.1 } } }); // the leaf's own text counts for more
  await library.init();
  if (changes.newer)
    await library.mergeIndex(new URL("pagefind-newer", import.meta.url).href, { language: "en", baseUrl: "/newer/" });
  return library;
}

function excerpt(text, locations) {
  const all = text.split(" ");
  const hit = new Set(locations);
  const first = locations[0] ?? 0;
  const start = Math.max(first - AROUND, 0);
  const shown = all.slice(start, first + AROUND + 1);
  const node = element("span", "excerpt");
  if (start) node.append("… ");
  shown.forEach((word, place) => node.append(hit.has(start + place) ? element("mark", "", word) : word, " "));
  if (first + AROUND + 1 < all.length) node.append("…");
  return node;
}

const bare = (word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");

// Positions behind the text are those of suggestions; each is shown at the word that it is for.
function showHit({ record, name, locations, shown }) {
  const { title, leaf, text, date, reference, suggested = [] } = shown;
  const all = text.split(" ");
  const given = locations.map((place) => suggested[place - all.length]).filter(Boolean);
  const places = [...locations.filter((place) => place < all.length), ...given.map(([place]) => place)].sort((a, b) => a - b);
  const found = [...new Set(places.map((place) => all[place]))].filter(Boolean);
  const mark = found.map((word) => word.replace(/[^\p{L}\p{N}]+/gu, " ").trim()).filter((word) => word && !word.includes(" "));
  const link = element("a", "", leaf ? `${title} · ${words.leaf} ${leaf}` : title);
  link.href = leaf ? `${home}id/${record}/${name}/index.html?mark=${encodeURIComponent(mark.slice(0, 4).join(" "))}` : `${home}id/${record}/index.html`;
  const about = element("span", "aside", [date[document.documentElement.lang], reference].filter(Boolean).join(" · "));
  const notes = given.map(([place, word]) => element("span", "aside suggested", `${words.perhaps} ${word} (${words.read} ${bare(all[place])})`));
  return element("li", "", link, about, excerpt(text, places), ...notes);
}

// Returns a result of Pagefind with its text from found.json; null if it is stale or lacks the phrase.
async function hit(result, phrase) {
  const { url, locations } = await result.data();
  const [record, name] = url.replace(/(\.html)?$/, "").split("/").slice(-2);
  if (!url.startsWith("/newer/") && changes.stale.has(record)) return null;
  const place = name === "record" ? record : `${record}/${name}`;
  const shown = await (await fetch(`${root}id/${place}/found.json`)).json();
  if (!phrase) return { record, name, locations, shown };
  const at = plain(shown.text).indexOf(phrase);
  const first = shown.text.slice(0, at).split(" ").length - 1;
  return at < 0 ? null : { record, name, locations: phrase.split(" ").map((_, place) => first + place), shown };
}

// The first result is loaded alone, so that it is shown at once.
async function* hits(results, phrase) {
  for (let at = 0, size = 1; at < results.length; at += size, size = AT_ONCE) {
    for (const coming of results.slice(at, at + size).map((one) => hit(one, phrase))) {
      const found = await coming;
      if (found) yield showHit(found);
    }
  }
}

const showCount = (count) => (statusLine.textContent = count ? `${words.found}: ${count}` : words.none);

async function more(found) {
  for (let shown = 0; shown < AT_ONCE; shown += 1) {
    const { value, done } = await found.next();
    if (done) {
      if (found.first) showCount(shown); // the first count included results that are stale or lack the phrase
      return;
    }
    list.append(value);
  }
  found.first = false;
  const button = element("button", "more", words.more);
  button.type = "button";
  const last = element("li", "", button);
  button.addEventListener("click", () => (last.remove(), more(found)));
  list.append(last);
}

const termsOf = (query) => query.split(/[^\p{L}\p{N}]+/u).filter((term) => term.length > 1);

// Stems a word as the documents were indexed (search.py): Pagefind stems English words and would turn й into и.
const stemmed = (term) => (/[\u0400-\u04ff]/.test(term) ? stemmer(term) : term).replaceAll("й", "ј");

// Returns the documents with any form of a word; if there is none, those with a word that begins so, or with a stem
// that Snowball cut shorter ("гоминьдану": "гоминьдан", "гоминьдан": "гоминьда"). Pagefind alone would match any
// beginning of the word ("март": "ма").
async function withWord(found, term, filters) {
  const stem = stemmed(term);
  const exact = (await found.search(`"${stem}"`, { filters })).results;
  if (exact.length) return exact;
  const { results } = await found.search(stem, { filters });
  for (const result of results.slice(0, 3)) {
    const { raw_content, locations } = await result.data();
    const indexed = raw_content.toLowerCase().split(/\s+/);
    if (locations.some((place) => isNear(bare(indexed[place]), stem))) return results;
  }
  return [];
}

const isNear = (word, stem) => word.startsWith(stem) || (word.length > 3 && stem.startsWith(word) && stem.length - word.length < 3);

// Returns the documents that have all words of a query.
async function together(found, query, filters) {
  const terms = termsOf(query);
  if (!terms.length) return (await found.search(query || null, { filters })).results;
  const [first, ...others] = await Promise.all(terms.map((term) => withWord(found, term, filters)));
  const sets = others.map((results) => new Map(results.map((one) => [one.id, one])));
  const all = first.filter(({ id }) => sets.every((set) => set.has(id)));
  return all.map((one) => joined([one, ...sets.map((set) => set.get(one.id))])).sort((a, b) => b.score - a.score);
}

const joined = (parts) => ({
  score: parts.reduce((sum, { score }) => sum + score, 0),
  async data() {
    const [one, ...others] = await Promise.all(parts.map((part) => part.data()));
    const places = new Set([one, ...others].flatMap(({ locations }) => locations));
    return { ...one, locations: [...places].sort((a, b) => a - b) };
  },
});

const chosen = () => Object.fromEntries([...form.querySelectorAll("select")].filter((one) => one.value).map((one) => [one.name, one.value]));

const languages = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
const NAMED = { language: (value) => languages.of(value), review: (value) => words[value.replace("-", "")] };
const named = (kind, value) => NAMED[kind]?.(value) ?? value;

async function fillFilters(found) {
  const panel = form.querySelector(".filters");
  const all = await found.filters();
  for (const select of panel.querySelectorAll("select")) {
    const values = Object.entries(all[select.name] ?? {}).sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
    if (select.options.length > 1) continue;
    for (const [value, count] of values) select.append(new Option(`${named(select.name, value)} (${count})`, value));
    select.parentElement.hidden = !values.length;
    select.value = new URLSearchParams(location.search).get(select.name) ?? "";
  }
  panel.hidden = false;
}

let latest = 0; // number of the latest query; results of earlier ones are dropped
async function search(query) {
  const number = ++latest;
  list.setAttribute("aria-busy", "true");
  await answer(query, number).finally(() => number === latest && list.setAttribute("aria-busy", "false"));
}

async function answer(query, number) {
  list.replaceChildren();
  statusLine.textContent = "";
  const filters = chosen();
  if (!query.trim() && !Object.keys(filters).length) return;
  const reference = asReference(query);
  const places = reference ? await placesOf(reference) : [];
  const rows = places.map((place) => showPlace(place, reference)).filter(Boolean);
  if (number !== latest) return;
  list.append(...rows);
  if (rows.length || reference?.sure) return showCount(rows.length);
  const found = await pagefind();
  const phrase = plain(query).match(/^\s*["«“](.+)["»”]\s*$/)?.[1].trim();
  const results = await together(found, phrase ?? plain(query).trim(), filters);
  if (number !== latest) return;
  if (!phrase || !results.length) showCount(results.length);
  await more(Object.assign(hits(results, phrase), { first: results.length > 0 }));
  if (number === latest && !statusLine.textContent) showCount(results.length);
  await fillFilters(found);
}

const given = new URLSearchParams(location.search);
form.q.value = given.get("q") ?? "";
const ask = () => {
  const parameters = new URLSearchParams({ ...(form.q.value && { q: form.q.value }), ...chosen() });
  history.replaceState(null, "", `?${parameters}`);
  search(form.q.value);
};
form.q.addEventListener("focus", () => pagefind().catch(() => undefined), { once: true }); // loads while the query is typed
form.addEventListener("submit", (event) => (event.preventDefault(), ask()));
form.addEventListener("change", (event) => event.target.matches("select") && ask());
if (location.search) search(form.q.value);

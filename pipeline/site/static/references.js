// Parses archival references in any spelling, and finds the records that they lead to.
const LETTERS = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "i", к: "k", л: "l", м: "m", н: "n",
  о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "kh", ц: "ts", ч: "ch", ш: "sh", щ: "shch", ъ: "", ы: "y",
  ь: "", э: "e", ю: "iu", я: "ia",
};
const MARKS = {
  fond: "fond", fonds: "fond", f: "fond", opis: "opis", op: "opis", o: "opis", papka: "papka", p: "papka",
  delo: "delo", d: "delo", dd: "delo", file: "delo", spr: "delo", ae: "delo", edkhr: "delo", odzb: "delo",
  l: "leaf", ll: "leaf", list: "leaf", listy: "leaf", ark: "leaf", pp: "leaf",
};

const NUMBERED = /([a-z]*)[.\s№]*?((?:[a-z]{1,2}-?)?\d+(?:(?:v|ob\.?)?-\d+)?[a-z]{0,2})(?=[\s,./;:)]|$)/g; // the mark of a level or none, and its value

const latin = (text) => [...text.toLowerCase()].map((letter) => LETTERS[letter] ?? letter).join("");

// "ф.558 оп.11 д.330 л.112", "RGASPI 558/11/330": an optional archive, then values with marks or in order.
// Returns null for a query that is no reference.
export function asReference(query) {
  const text = latin(query).replace(/[‐-―]/g, "-").replace(/\b(a|ed|od)\. ?(e|khr|zb)\b/g, "$1$2");
  const head = text.match(/^\s*([a-z][a-z .-]*?)(?=[\s,.:]+(?:fonds?|f)\b|[\s,.:]*(?:\d|[a-z]-?\d))/);
  const archive = head && !(head[1].trim() in MARKS) ? head[1].replace(/[^a-z]/g, "") : "";
  const rest = archive ? text.slice(head[0].length) : text;
  const matches = [...rest.matchAll(NUMBERED)];
  const left = rest.replace(NUMBERED, "");
  if (/[a-z]{2}/.test(left) || !matches.length) return null;
  const order = ["fond", "opis", "delo", "leaf"];
  const wanted = {};
  let marked = 0;
  for (const [, mark, value] of matches) {
    const level = MARKS[mark];
    if (mark && !level) return null;
    marked += Boolean(mark);
    const next = level ?? order.find((name) => !(name in wanted));
    if (!next) return null;
    wanted[next] = value;
  }
  const sure = marked >= 2 || (archive && (marked || wanted.opis)) || (/^\s*[a-z]?-?\d+[a-z]?\/\d/.test(rest) && wanted.delo);
  return sure && wanted.fond ? { archive, wanted, sure: Boolean(archive) || marked >= 2 } : null;
}

const bare = (value) => latin(value).replace(/[^0-9a-z]/g, "").replace(/^0+(?=\d)/, "");

// The leaves that a label names: two of a spread, 12v-13; of "page-3" itself.
const leavesOf = (label) => (/^\d/.test(label) ? latin(label).split("-") : [label]).map((leaf) => bare(leaf).replace(/ob$/, "v"));

export function leafAmong(labels, wanted) {
  const same = leavesOf(wanted).join("-"), number = parseInt(wanted, 10);
  return (
    labels.find((label) => leavesOf(label).join("-") === same) ??
    labels.find((label) => leavesOf(label).includes(same)) ??
    labels.find((label) => leavesOf(label).some((leaf) => parseInt(leaf, 10) === number))
  );
}

export async function placesOf(reference) {
  const file = bare(reference.wanted.fond) || "other";
  const answer = await fetch(`${document.body.dataset.root}search/places/${file}.json`);
  if (!answer.ok) return [];
  const exact = (value, wanted) => bare(value) === bare(wanted);
  return (await answer.json()).filter(([, , archive, steps]) => {
    if (reference.archive && !archive.startsWith(reference.archive) && !reference.archive.startsWith(archive)) return false;
    const has = Object.fromEntries(steps);
    return ["fond", "opis", "papka", "delo"].every((level) => !(level in reference.wanted) || exact(has[level] ?? "", reference.wanted[level]));
  });
}

// Optional on every page: keeps text and page image in step, copies citations, enlarges images.
"use strict";

const copied = document.body.dataset.copied;

function offer(button, text) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = copied;
  });
}
for (const button of document.querySelectorAll("button.copy"))
  offer(button, () => button.previousElementSibling.textContent);
for (const button of document.querySelectorAll("button.copy-link"))
  offer(button, () => new URL(button.previousElementSibling.href).href.replace(/index\.html$/, ""));

// Shows a PDF on demand; the text inside the object is for browsers that cannot.
for (const button of document.querySelectorAll("button.show")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const place = document.querySelector(".shown");
    const link = button.parentElement.querySelector("a");
    const shown = Object.assign(document.createElement("object"), { type: "application/pdf", data: link.href, textContent: place.dataset.else });
    shown.setAttribute("aria-label", link.textContent);
    place.replaceChildren(shown);
  });
}

// Without this script the texts of a leaf follow each other; here one is chosen, and the choice is stored.
const readings = document.querySelector(".readings");
if (readings?.children.length > 1) {
  const sections = [...readings.children];
  const bar = document.createElement("div");
  bar.className = "switch";
  const buttons = sections.map((section) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = section.querySelector("h2").textContent;
    button.addEventListener("click", () => shown(sections.indexOf(section)));
    return button;
  });
  const shown = (chosen) => {
    sections.forEach((section, place) => (section.hidden = place !== chosen));
    buttons.forEach((button, place) => button.setAttribute("aria-pressed", place === chosen));
    sessionStorage.setItem("reading", chosen);
  };
  bar.append(...buttons);
  readings.prepend(bar);
  const holding = (hash) => (hash ? sections.findIndex((section) => section.querySelector(`#${CSS.escape(hash.slice(1))}`)) : -1);
  const kept = Number(sessionStorage.getItem("reading"));
  shown(location.search.includes("mark=") ? 0 : holding(location.hash) >= 0 ? holding(location.hash) : sections[kept] ? kept : 0);
  addEventListener("hashchange", () => holding(location.hash) >= 0 && shown(holding(location.hash)));
}

// A long record has several pages: a link to a paragraph on another page leads there.
const [, wanted] = location.hash.match(/^#p-(\d+)$/) ?? [];
if (wanted && !document.getElementById(`p-${wanted}`)) {
  const parts = [...document.querySelectorAll(".parts [data-first]")];
  const holding = parts.findLast((part) => Number(part.dataset.first) <= Number(wanted));
  if (holding?.href) location.replace(holding.href + location.hash);
}

// Highlights a paragraph and its translation together.
for (const paragraph of document.querySelectorAll("[data-mates]")) {
  const mates = paragraph.dataset.mates.split(" ").map((name) => document.getElementById(name)).filter(Boolean);
  for (const [event, lit] of [["pointerenter", true], ["pointerleave", false]])
    paragraph.addEventListener(event, () => [paragraph, ...mates].forEach((each) => each.classList.toggle("lit", lit)));
}

const sheet = document.querySelector(".page-image .frame");
if (sheet) {
  const light = sheet.querySelector(".light");
  const lines = [...document.querySelectorAll(".line")];
  const places = new Map(lines.map((line) => [line, line.dataset.place.split(" ").map(Number)]));

  const show = (element) => {
    const [left, top, width, height] = element.dataset.place.split(" ").map(Number);
    Object.assign(light.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    light.hidden = false;
    document.dispatchEvent(new CustomEvent("place", { detail: [left, top, width, height] }));
  };
  const choose = (line) => {
    for (const other of lines) other.classList.toggle("lit", other === line);
    if (line) show(line);
    else light.hidden = true;
  };
  const at = (event) => {
    const frame = sheet.getBoundingClientRect();
    const x = (100 * (event.clientX - frame.left)) / frame.width;
    const y = (100 * (event.clientY - frame.top)) / frame.height;
    const inside = ([left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height;
    return lines.find((line) => inside(places.get(line)));
  };

  for (const line of lines) {
    line.tabIndex = 0;
    line.addEventListener("focus", () => choose(line));
    line.addEventListener("pointerover", (event) => {
      choose(line);
      show(event.target.closest("[data-place]"));
    });
  }
  sheet.addEventListener("pointermove", (event) => choose(at(event)));
  sheet.addEventListener("click", (event) => at(event)?.focus());

  // Enlarges the image with OpenSeadragon if it is installed; otherwise the link opens the image.
  const enlarge = document.querySelector(".enlarge");
  enlarge?.addEventListener("click", (event) => {
    event.preventDefault();
    const library = document.createElement("script");
    library.src = `${document.body.dataset.root}libraries/openseadragon/openseadragon.min.js`;
    library.addEventListener("error", () => (location.href = enlarge.href));
    library.addEventListener("load", () => zoom(enlarge));
    document.head.append(library);
    enlarge.hidden = true;
  });
  const zoom = ({ dataset }) => {
    const [width, height] = dataset.size.split(" ").map(Number);
    const levels = dataset.levels.split(", ").map((level) => {
      const [url, wide] = level.split(" ");
      return { url, width: Number(wide), height: Math.round((height * wide) / width) };
    });
    const place = document.createElement("div");
    place.className = "zoom";
    sheet.append(place);
    const viewer = OpenSeadragon({
      element: place, tileSources: { type: "legacy-image-pyramid", levels }, showNavigationControl: false,
      maxZoomPixelRatio: 3, gestureSettingsMouse: { clickToZoom: false },
    });
    const lit = document.createElement("div");
    lit.className = "light";
    const rectangle = ([left, top, wide, high]) => new OpenSeadragon.Rect(left / 100, (top / 100) * (height / width), wide / 100, (high / 100) * (height / width));
    viewer.addHandler("open", () => {
      viewer.addOverlay({ element: lit, location: rectangle([0, 0, 0, 0]) });
      viewer.canvas.focus();
    });
    document.addEventListener("place", (event) => {
      const where = rectangle(event.detail);
      viewer.updateOverlay(lit, where);
      if (!viewer.viewport.getBounds().containsPoint(where.getCenter())) viewer.viewport.panTo(where.getCenter());
    });
    viewer.addHandler("canvas-click", ({ quick, position }) => {
      if (!quick) return;
      const { x, y } = viewer.viewport.pointFromPixel(position);
      const [across, down] = [100 * x, (100 * y * width) / height];
      const hit = lines.find((line) => {
        const [left, top, wide, high] = places.get(line);
        return across >= left && across <= left + wide && down >= top && down <= top + high;
      });
      hit?.focus();
    });
  };

  // A link may name a line, or words of a search: the first line with one of them is shown.
  const asked = new URLSearchParams(location.search).get("mark");
  const plain = (text) => text.toLowerCase().replaceAll("ё", "е");
  const named = () => document.getElementById(location.hash.slice(1));
  const words = asked ? plain(asked).split(" ") : [];
  const reveal = (line) => {
    if (!places.has(line)) return;
    choose(line);
    line.scrollIntoView({ block: "center" });
  };
  reveal(places.has(named()) ? named() : lines.find((line) => words.some((word) => plain(line.textContent).includes(word))));
  addEventListener("hashchange", () => reveal(named()));

  // Arrow keys lead to the neighbouring leaves, except in inputs and in the enlarged image.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, .openseadragon-container")) return;
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = rel && document.querySelector(`.turn a[rel=${rel}]`);
    if (link) location.href = link.href;
  });
}

// Every line can be reported: by a form where `opis serve` runs, else by a prepared mail, if there is an address.
const reportable = document.querySelector(".lines[data-report]");
function offerReports() {
  if (reportable.querySelector(".report")) return;
  const mail = document.querySelector(".tools .report")?.href;
  const served = document.cookie.includes("opis-reports=form"); // of serve; no cookie of it names anybody
  for (const line of served || mail ? reportable.querySelectorAll(".line") : []) {
    const number = line.id.replace("line-", "");
    const text = encodeURIComponent(`${number}: ${line.textContent}\n`);
    const link = Object.assign(document.createElement("a"), { className: "report", textContent: "⚑", href: served ? `/desk/report/${reportable.dataset.report}/${number}` : mail + text });
    link.setAttribute("aria-label", `${reportable.dataset.words}, ${number}`);
    line.append(" ", link);
  }
}
for (const event of ["pointerenter", "focusin"]) reportable?.addEventListener(event, offerReports, { once: true });

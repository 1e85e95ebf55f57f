// Without this file everything can be read; with it, text and picture are in step, and citations are copied.
"use strict";

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
  });
}

const sheet = document.querySelector(".sheet");
if (sheet) {
  const light = sheet.querySelector(".light");
  const lines = [...document.querySelectorAll(".line")];
  const places = new Map(lines.map((line) => [line, line.dataset.place.split(" ").map(Number)]));

  const show = (element) => {
    const [left, top, width, height] = element.dataset.place.split(" ").map(Number);
    Object.assign(light.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    light.hidden = false;
  };
  const choose = (line) => {
    for (const other of lines) other.classList.toggle("lit", other === line);
    if (line) show(line);
    else light.hidden = true;
  };

  for (const line of lines) {
    line.tabIndex = 0;
    line.addEventListener("focus", () => choose(line));
    line.addEventListener("pointerover", (event) => {
      choose(line);
      if (event.target.dataset.place) show(event.target);
    });
  }
  sheet.addEventListener("pointermove", (event) => {
    const frame = sheet.getBoundingClientRect();
    const x = (100 * (event.clientX - frame.left)) / frame.width;
    const y = (100 * (event.clientY - frame.top)) / frame.height;
    const inside = ([left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height;
    choose(lines.find((line) => inside(places.get(line))));
  });
  const named = document.getElementById(location.hash.slice(1));
  if (named && places.has(named)) choose(named);
}

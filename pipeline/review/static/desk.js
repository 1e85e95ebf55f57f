"use strict";
// Keys, suggestions without a round trip, and picture and text in step. All works without it.

const form = document.getElementById("decision");
const input = document.getElementById("text");

function chooseSuggestion(button) {
  const words = input.value.split(" ");
  const place = Number(button.dataset.word);
  if (words.length <= place) return false;
  words[place] = button.dataset.text;
  input.value = words.join(" ");
  form.elements.suggested.value = input.value;
  input.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.code.startsWith("Digit") ? event.code.slice(5) : event.code.slice(3).toLowerCase();
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});

if (form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-word]");
    if (button && chooseSuggestion(button)) event.preventDefault();
  });
  fitText();
  window.addEventListener("resize", fitText);
}

// The text is as wide as the line on the picture, within what stays legible.
function fitText() {
  const context = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(input);
  context.font = `100px ${style.fontFamily}`;
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const room = document.querySelector(".picture").clientWidth - padding;
  const width = context.measureText(input.value).width;
  const smallest = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const size = Math.max(smallest, Math.min((100 * room) / Math.max(width, 1), 2.2 * smallest));
  for (const element of [input, document.querySelector(".words")]) element.style.fontSize = `${size}px`;
}

for (const line of document.querySelectorAll("[data-box]")) {
  const box = document.getElementById(line.dataset.box);
  const light = (on) => () => {
    line.classList.toggle("lit", on);
    box.classList.toggle("lit", on);
  };
  for (const element of [line, box]) {
    element.addEventListener("mouseenter", light(true));
    element.addEventListener("mouseleave", light(false));
  }
  box.addEventListener("click", () => line.querySelector("a").click());
  line.addEventListener("focusin", light(true));
  line.addEventListener("focusout", light(false));
}

"use strict";
// One page, no network: pan and zoom by the SVG's viewBox, search, and the details of one node.
const nodes = JSON.parse(document.getElementById("data").textContent);
const byId = new Map(nodes.map((node) => [node.id, node]));
const stage = document.getElementById("stage");
const svg = stage.querySelector("svg");
const details = document.getElementById("details");
const search = document.getElementById("search");
const count = document.getElementById("count");
const cards = new Map([...svg.querySelectorAll(".card")].map((card) => [card.dataset.node, card]));
const lines = [...svg.querySelectorAll(".line")];
const whole = svg.viewBox.baseVal;
const full = { x: 0, y: 0, width: whole.width, height: whole.height };
let view = { ...full };
let matches = [];

// -- seeing ------------------------------------------------------------------------------------

function look(next) {
  view = next;
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
}

function fit() {
  const shape = stage.clientWidth / Math.max(1, stage.clientHeight);
  const wide = Math.max(full.width, full.height * shape);
  const high = wide / shape;
  look({ x: (full.width - wide) / 2, y: Math.min(0, (full.height - high) / 2), width: wide, height: high });
}

function zoom(factor, atX = 0.5, atY = 0.5) {
  const wide = Math.min(Math.max(view.width * factor, 240), full.width * 4);
  const ratio = wide / view.width;
  look({
    x: view.x + view.width * (1 - ratio) * atX, y: view.y + view.height * (1 - ratio) * atY,
    width: wide, height: view.height * ratio,
  });
}

function bring(id) {
  const box = cards.get(id).getBoundingClientRect();
  const around = stage.getBoundingClientRect();
  const inside = box.left >= around.left && box.right <= around.right
    && box.top >= around.top && box.bottom <= around.bottom;
  if (inside && box.width > 90) return;
  const shape = stage.clientWidth / Math.max(1, stage.clientHeight);
  const scale = view.width / stage.clientWidth;
  const wide = Math.min(view.width, 1400);
  const x = view.x + (box.left + box.width / 2 - around.left) * scale;
  const y = view.y + (box.top + box.height / 2 - around.top) * (view.height / stage.clientHeight);
  look({ x: x - wide / 2, y: y - wide / shape / 2, width: wide, height: wide / shape });
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  zoom(Math.exp(event.deltaY * 0.0015), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
}, { passive: false });

let held = null;
let moved = false;
stage.addEventListener("pointerdown", (event) => { held = { x: event.clientX, y: event.clientY, view: { ...view } }; moved = false; });
addEventListener("pointermove", (event) => {
  if (!held) return;
  const dx = event.clientX - held.x;
  const dy = event.clientY - held.y;
  if (Math.abs(dx) + Math.abs(dy) > 4) { moved = true; stage.classList.add("dragging"); }
  if (moved) look({ ...view, x: held.view.x - dx * view.width / stage.clientWidth, y: held.view.y - dy * view.height / stage.clientHeight });
});
addEventListener("pointerup", () => { held = null; stage.classList.remove("dragging"); });
document.getElementById("in").addEventListener("click", () => zoom(0.8));
document.getElementById("out").addEventListener("click", () => zoom(1.25));
document.getElementById("fit").addEventListener("click", fit);
addEventListener("resize", fit);

// -- one node ----------------------------------------------------------------------------------

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function texts(byLanguage) {
  const list = element("dl", {});
  for (const [language, text] of Object.entries(byLanguage)) {
    list.append(element("dt", {}, language), element("dd", { lang: language }, Array.isArray(text) ? text.join(" · ") : text));
  }
  return list;
}

function section(title, parts) {
  return parts.length ? [element("h3", {}, title), ...parts] : [];
}

function issue(one) {
  const line = element("code", {}, ` ${one.code}, line ${one.line}`);
  return element("div", { class: `issue ${one.severity}` }, one.message, line);
}

function exit(one) {
  const target = byId.get(one.to);
  const label = element("span", {}, one.label);
  const button = element("button", { class: "exit" }, ...(one.key ? [element("b", {}, one.key)] : []), label, element("i", {}, `→ ${target ? target.name : one.to}`));
  if (target) button.addEventListener("click", () => choose(target.id));
  return element("li", {}, button);
}

function choose(id) {
  const node = byId.get(id);
  if (!node) return;
  for (const [name, card] of cards) card.classList.toggle("chosen", name === id);
  svg.classList.add("dim-lines");
  for (const line of lines) line.classList.toggle("lit", line.dataset.from === id || line.dataset.to === id);
  const kind = element("span", { class: "kind" }, node.kind);
  kind.style.background = node.colour;
  details.replaceChildren(
    element("h2", {}, node.name), kind, element("span", { class: "place" }, node.place),
    ...section("Faults", node.issues.map(issue)),
    ...section("Says", node.prompts.flatMap((one) => [element("p", { class: "named" }, one.name), texts(one.texts)])),
    ...section("Hears", node.phrases.flatMap((one) => [element("p", { class: "named" }, one.key ? `${one.name}, key ${one.key}` : one.name), texts(one.said)])),
    ...section("Leads to", node.exits.length ? [element("ul", {}, ...node.exits.map(exit))] : []),
  );
  details.scrollTop = 0;
  bring(id);
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
}

for (const [id, card] of cards) card.addEventListener("click", () => { if (!moved) choose(id); });

// -- search ------------------------------------------------------------------------------------

const haystacks = new Map(nodes.map((node) => [node.id, [
  node.name, node.kind,
  ...node.prompts.flatMap((one) => Object.values(one.texts)),
  ...node.phrases.flatMap((one) => [one.name, ...Object.values(one.said).flat()]),
  ...node.exits.map((one) => one.label),
  ...node.issues.map((one) => `${one.code} ${one.message}`),
].join("\n").toLowerCase()]));

search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  matches = wanted ? nodes.filter((node) => haystacks.get(node.id).includes(wanted)).map((node) => node.id) : [];
  for (const [id, card] of cards) card.classList.toggle("dim", Boolean(wanted) && !matches.includes(id));
  count.textContent = wanted ? `${matches.length} of ${nodes.length} nodes` : "";
});
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && matches.length) { choose(matches[0]); matches.push(matches.shift()); }
  if (event.key === "Escape") { search.value = ""; search.dispatchEvent(new Event("input")); stage.focus(); }
});
addEventListener("keydown", (event) => {
  if (event.target === search) return;
  if (event.key === "/") { event.preventDefault(); search.focus(); }
  if (event.key === "+" || event.key === "=") zoom(0.8);
  if (event.key === "-") zoom(1.25);
  if (event.key === "0") fit();
});

fit();
choose(decodeURIComponent(location.hash.slice(1)));

"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const slider = at("slider");
const rows = [...document.querySelectorAll(".run .row")];
const fills = ["#cfe3f5", "#fde2b8", "#cdebd8", "#f3d1e3", "#eee9a6", "#ddd6f3", "#f9d3c8", "#dbe0e4"];

// Text is only ever set as text: nothing in a run is taken for markup.
function element(name, text, class_) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (class_) made.className = class_;
  return made;
}

function fill(id, items) {
  at(id).replaceChildren(...items);
}

function change([path, before, after]) {
  if (before === null) return element("li", `+ ${path}: ${after}`, "added");
  if (after === null) return element("li", `− ${path}: ${before}`, "removed");
  return element("li", `  ${path}: ${before} → ${after}`);
}

function log(process) {
  const cell = element("td");
  if (process.log === null) return cell;
  const line = element("span", null, "log");
  const mark = () => line.append(element("i"));
  process.log.forEach(([epoch, short, text, added], offset) => {
    if (process.watermark === offset) mark();
    const one = element("span", epoch === null ? short : `${short} e${epoch}`, added ? "new" : "");
    one.title = text;
    one.style.background = fills[epoch === null ? 7 : epoch % 7];
    line.append(one);
  });
  if (process.watermark === process.log.length) mark();
  cell.append(line);
  return cell;
}

function process(one) {
  const row = element("tr");
  const name = element("th", one.name);
  name.scope = "row";
  row.append(name, element("td", one.role), element("td", one.epoch), log(one));
  row.append(element("td", one.watermark), element("td", one.isr));
  return row;
}

// Replicas of a partition stand together, under its name, where processes have several.
function partitions(every) {
  const bodies = new Map();
  for (const one of every) {
    if (!bodies.has(one.label)) bodies.set(one.label, partition(one.label));
    bodies.get(one.label).append(process(one));
  }
  return [...bodies.values()];
}

function partition(label) {
  const body = element("tbody");
  if (!label) return body;
  const row = element("tr");
  const head = element("th", label, "partition");
  head.scope = "rowgroup";
  head.colSpan = 6;
  row.append(head);
  body.append(row);
  return body;
}

function disabled(one) {
  const items = [element("dt", one.action)];
  if (one.empty) items.push(element("dd", one.empty));
  for (const [given, others, lines, place] of one.refusals) {
    const also = others ? ` and ${others} more` : "";
    const head = given ? `${given}${also}:\n` : "";
    items.push(element("dd", `${head}${lines.join("\n")}${place ? `\n(${place})` : ""}`));
  }
  return items;
}

function source(action) {
  const place = data.actions[action];
  at("source").hidden = !place;
  if (!place) return;
  const [name, first, last] = place;
  at("file").textContent = `${name}, line ${first}`;
  const lines = data.files[name];
  const part = (from, to) => lines.slice(from, to).map((line) => line + "\n").join("");
  const mark = element("mark", part(first - 1, last));
  at("text").replaceChildren(part(0, first - 1), mark, part(last, lines.length));
  if (at("source").open) show(mark, at("text"));
}

function show(inner, outer) {
  outer.scrollTop += inner.getBoundingClientRect().top - outer.getBoundingClientRect().top - 40;
}

function go(number) {
  const state = Math.min(Math.max(number, Number(slider.min)), Number(slider.max));
  const one = data.states[state - 1 - data.first];
  slider.value = state;
  slider.setAttribute("aria-valuetext", `State ${state}: ${one.title}`);
  at("where").textContent = `State ${state} of ${slider.max}`;
  at("title").textContent = `${state}. ${one.process ? one.process + ": " : ""}${one.action || one.title}`;
  at("title").className = one.fault ? "fault" : "";
  fill("arguments", [...one.arguments, ...one.choices.map((choice) => `choosing ${choice}`)].map((text) => element("li", text)));
  fill("changes", one.changes.length ? one.changes.map(change) : [element("li", "nothing", "dim")]);
  at("traffic").hidden = !one.messages.length;
  fill("messages", one.messages.map(([what, text]) => element("li", `${what} ${text}`, what)));
  at("logs").hidden = !one.processes.length;
  fill("processes", [at("processes").tHead, ...partitions(one.processes)]);
  at("count").textContent = `${one.disabled.length} actions are not possible in this state`;
  fill("disabled", one.disabled.flatMap(disabled));
  fill("state", one.state.map(([path, text]) => {
    const row = element("tr");
    const name = element("th", path);
    name.scope = "row";
    row.append(name, element("td", text));
    return row;
  }));
  source(one.action);
  rows.forEach((row) => row.classList.toggle("current", Number(row.dataset.state) === state - 1));
  history.replaceState(null, "", `#${state}`);
}

function step(number) {
  go(number);
  const row = document.querySelector(".run .row.current");
  if (row && matchMedia("(min-width: 901px)").matches) row.scrollIntoView({ block: "nearest" });
}

function current() {
  return Number(slider.value);
}

slider.addEventListener("input", () => step(current()));
at("first").addEventListener("click", () => step(-Infinity));
at("back").addEventListener("click", () => step(current() - 1));
at("next").addEventListener("click", () => step(current() + 1));
at("last").addEventListener("click", () => step(Infinity));
at("source").addEventListener("toggle", () => source(data.states[current() - 1 - data.first].action));
rows.forEach((row) => row.addEventListener("click", () => go(Number(row.dataset.state) + 1)));
const keys = { ArrowLeft: -1, k: -1, ArrowRight: 1, j: 1, Home: -Infinity, End: Infinity };
document.addEventListener("keydown", (event) => {
  if (!(event.key in keys) || event.target === slider || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  step(current() + keys[event.key]);
});
go(Number(location.hash.slice(1)) || Infinity);

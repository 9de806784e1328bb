// The consultation page: every change posts the whole form, and the parts that it changes come back.
// The page works without this file; it only saves the press of a button.

import { startMap, updateMap } from "./zonemap.js";

const form = document.getElementById("consultation");
const network = document.getElementById("network");
document.documentElement.classList.add("scripted");

// What the browser has, so that the server sends again only the regions whose fields differ.
function regions() {
  return [...form.querySelectorAll("[data-region]")].map((region) => `${region.dataset.region}=${region.dataset.shape}`);
}

function written(region) {
  return [...region.querySelectorAll("input, select")].map((one) => `${one.name}${one.checked ?? ""}${one.value}`).join("\n");
}

function chosenLabel(input) {
  return input.closest(".option")?.querySelector("span")?.textContent.trim() ?? "";
}

// The short form of an answer, beside its question. The server says the same when it draws the row anew.
function say(fact) {
  const said = [...fact.querySelectorAll(".answer")].map((row) => {
    const parts = [...row.querySelectorAll('input[name$=".status"]:checked:not([value=""])')].map(chosenLabel);
    const fields = row.querySelectorAll('input[name$=".value"], input[name$=".on"], select');
    for (const field of fields) {
      const text = field.matches("select") ? field.selectedOptions[0]?.value && field.selectedOptions[0].text : field.value.trim();
      if (text) parts.push(text);
    }
    return parts.join(", ");
  }).filter(Boolean);
  fact.querySelector("[data-said]").textContent = said.join("; ");
  const chosen = [...fact.querySelectorAll('input[name$=".status"]:checked:not([value=""])')];
  fact.classList.toggle("is-notable", chosen.some((one) => one.value !== fact.dataset.safe));
}

function count(topic) {
  const shown = [...topic.querySelectorAll(".fact")].filter((fact) => !fact.hidden);
  topic.querySelector("[data-shown]").textContent = shown.length;
  topic.querySelector("[data-answered]").textContent = shown.filter((fact) => fact.querySelector("[data-said]").textContent).length;
  topic.hidden = shown.length === 0;
}

function countAll() {
  form.querySelectorAll(".topic:has(.fact)").forEach(count);
}

function change(field) {
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function field(name, value) {
  const all = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  return value === undefined ? all[0] : all.find((one) => one.value === value);
}

// A button of the prominent question presses the field it stands for.
function answer(button) {
  const radio = field(button.dataset.field, button.dataset.value);
  radio.checked = true;
  change(radio);
}

function noneOfTheRest(topic) {
  for (const fact of topic.querySelectorAll(".fact[data-safe]:not([hidden])")) {
    if (fact.querySelector("[data-said]").textContent) continue;
    const radio = [...fact.querySelectorAll(`input[name$=".0.status"]`)].find((one) => one.value === fact.dataset.safe);
    if (radio) radio.checked = true;
    say(fact);
    fact.querySelector("details").open = false;
  }
  count(topic);
  change(topic.querySelector("input"));
}

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.dataset.download !== undefined) return;
  event.preventDefault();
  if (button?.dataset.field) answer(button);
  else if (button?.value.startsWith("none:")) noneOfTheRest(button.closest(".topic"));
  else htmx.trigger(form, "needlewise:retry");
});

form.addEventListener("change", (event) => {
  const target = event.target;
  const mirrored = target.dataset.mirror;
  if (mirrored) {
    const real = field(mirrored);
    real.value = target.value;
    const happened = field(mirrored.replace(/\.\w+$/, ".status"), "happened");
    if (happened && target.value) happened.checked = true;
    say(real.closest(".fact"));
  }
  const fact = target.closest(".fact");
  if (fact) {
    const dated = fact.querySelector('input[name$=".0.on"]');
    const never = fact.querySelector('input[value="never"]:checked');
    if (never === target && dated) dated.value = "";
    say(fact);
    count(fact.closest(".topic"));
  }
  if (target.name === "hand") {
    document.querySelectorAll("[data-zones-of]").forEach((list) => { list.hidden = list.dataset.zonesOf !== target.value; });
  }
  if (target.name?.endsWith(".zones") || target.name === "hand") updateMap();
}, true);

// The view of the map and such are nobody's answer: they change nothing on the server.
form.addEventListener("change", (event) => { if (event.target.dataset.quiet !== undefined) event.stopPropagation(); }, true);

// A topic opened again shows its answers in short.
form.addEventListener("toggle", (event) => {
  if (!event.target.matches(".topic") || !event.target.open) return;
  event.target.querySelectorAll(".fact").forEach((fact) => {
    if (fact.querySelector("[data-said]").textContent) fact.querySelector("details").open = false;
  });
}, true);

// An open question leads to its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-goto], [data-problem]");
  if (!link) return;
  const place = document.getElementById(link.hash.slice(1));
  for (let box = place?.querySelector("details") ?? place; box; box = box.parentElement?.closest("details")) box.open = true;
  requestAnimationFrame(() => place?.querySelector("input:not([type=hidden]), select, button")?.focus());
});

// One step of the dial deeper or shallower, from the depth written or else the depth planned.
function step(button) {
  const stepper = button.closest(".stepper");
  const depth = stepper.querySelector("input");
  const other = document.getElementById("mirror").checked && field(depth.name.replace(/-(left|right)\./, (_, side) => (side === "left" ? "-right." : "-left.")));
  const size = Number(stepper.dataset.step);
  const from = Number.parseFloat((depth.value || stepper.dataset.planned).replace(",", ".")) || 0;
  const wanted = Math.max(size, from + Number(button.dataset.by) * size).toFixed(2);
  if (other && (other.value || other.placeholder) === (depth.value || depth.placeholder)) other.value = wanted;
  depth.value = wanted;
  change(depth);
}
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-by]");
  if (button) step(button);
});

// Nothing is stored, so leaving the page loses the answers: the browser asks first.
let unsaved = false;
form.addEventListener("change", () => { unsaved = true; });
form.addEventListener("submit", (event) => {
  if (event.submitter?.dataset.download === undefined) return;
  unsaved = false;
  setTimeout(() => { unsaved = true; }, 2000);
});
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

function markProblems() {
  form.querySelectorAll(".field-problem").forEach((old) => old.remove());
  form.querySelectorAll("[aria-invalid]").forEach((old) => { old.removeAttribute("aria-invalid"); old.removeAttribute("aria-describedby"); });
  document.querySelectorAll("[data-problem]").forEach((link, number) => {
    const place = document.getElementById(link.dataset.problem);
    if (!place || place === form) return;
    const words = document.createElement("p");
    words.className = "field-problem";
    words.id = `problem-${number}`;
    words.textContent = link.dataset.words;
    const holder = place.querySelector("details .answer, .letter-fields") ?? place;
    holder.append(words);
    const input = [...place.querySelectorAll("input[type=text]")].find((one) => one.value) ?? place.querySelector("input, select");
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("aria-describedby", words.id);
  });
}

// htmx: what goes out, what stays open, what to say when the network fails.
let sent = new Map();
document.body.addEventListener("htmx:configRequest", (event) => {
  // A change is no press of the button that happens to have the focus.
  if (event.detail.elt === form) event.detail.formData.delete("do");
  for (const part of regions()) event.detail.formData.append("have", part);
  sent = new Map([...form.querySelectorAll("[data-region]")].map((region) => [region.id, written(region)]));
});

// Fields that were written in since the answer was asked for stay as they are; the next answer brings the rest.
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const region = event.detail.target;
  if (region.dataset.region && sent.has(region.id) && sent.get(region.id) !== written(region)) event.detail.shouldSwap = false;
});

let open = new Set();
let askedFrom = false;
document.body.addEventListener("htmx:beforeSwap", () => {
  open = new Set([...document.querySelectorAll(".pane-what details[open][id]")].map((box) => box.id));
  askedFrom = document.activeElement?.closest("#next") !== null && document.activeElement !== document.body;
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "result") return;
  for (const box of document.querySelectorAll(".pane-what details[id]")) {
    if (open.has(box.id)) box.open = true;
  }
  updateMap();
  countAll();
  markProblems();
  network.hidden = true;
  if (askedFrom && document.activeElement === document.body) document.getElementById("next-question")?.focus({ preventScroll: true });
});

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(name, () => { network.hidden = false; });
}
document.getElementById("retry").addEventListener("click", () => htmx.trigger(form, "needlewise:retry"));
window.addEventListener("online", () => { if (!network.hidden) htmx.trigger(form, "needlewise:retry"); });

startMap(form);
countAll();
markProblems();

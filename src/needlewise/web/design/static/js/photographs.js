// The page of photographs: which pictures are chosen, the drawing of zones, the camera, and the pictures of the answer.
// Files stay in the form; nothing is read but to show it here.

import { startCamera } from "./camera.js";
import { startDrawing } from "./zone_drawing.js";

const VISITS = ["before", "after"];
const THUMB_PX = 320;
const MEGABYTE = 1e6;
const form = document.getElementById("photographs");
const limits = { pictures: Number(form.dataset.most), bytes: Number(form.dataset.mostBytes), together: Number(form.dataset.mostTogether) };
const drawing = startDrawing(form);
let shown = null;

const input = (visit) => form.querySelector(`#f-${visit}`);
const files = (visit) => [...input(visit).files];

function put(visit, chosen) {
  const held = new DataTransfer();
  for (const file of chosen) held.items.add(file);
  input(visit).files = held.files;
  mended(input(visit));
  show(visit);
}

// What the server would refuse, said before anything is sent. Names of files are never said.
function trouble(visit) {
  const chosen = files(visit);
  if (chosen.length > limits.pictures) return `${chosen.length} pictures: at most ${limits.pictures} of each visit. Take some out.`;
  const large = chosen.findIndex((file) => file.size > limits.bytes);
  if (large >= 0) return `${visit} ${large + 1} is larger than ${limits.bytes / MEGABYTE} MB. Export it as JPEG in full size.`;
  const together = VISITS.flatMap(files).reduce((sum, file) => sum + file.size, 0);
  return together > limits.together ? `More than ${limits.together / MEGABYTE} MB together. Take some out.` : "";
}

async function thumb(file) {
  try {
    const image = await createImageBitmap(file);
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, THUMB_PX / Math.max(image.width, image.height));
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return canvas;
  } catch {
    const blank = document.createElement("span");
    blank.className = "ph-shot-blank";
    blank.textContent = "Not shown here";
    return blank;
  }
}

async function show(visit) {
  const part = form.querySelector(`[data-visit="${visit}"]`);
  const chosen = files(visit);
  for (const one of VISITS) form.querySelector(`[data-visit="${one}"] [data-told]`).textContent = trouble(one);
  const list = part.querySelector("[data-shots]");
  const turn = (list.turn = (list.turn ?? 0) + 1);
  const rows = await Promise.all(chosen.map(async (file, index) => {
    const row = document.createElement("li");
    const away = document.createElement("button");
    const sign = document.createElement("span");
    const name = `${visit} ${index + 1}`;
    row.className = visit === "before" && index === 0 ? "ph-shot is-baseline" : "ph-shot";
    away.type = "button";
    away.setAttribute("aria-label", `Take out ${name}`);
    sign.textContent = "×";
    sign.setAttribute("aria-hidden", "true");
    away.append(sign);
    away.addEventListener("click", () => {
      put(visit, files(visit).filter((_, other) => other !== index));
      (list.querySelector("button") ?? input(visit)).focus();
    });
    row.append(await thumb(file), name, away);
    return row;
  }));
  // Another choice may have come while these were drawn.
  if (turn !== list.turn) return;
  list.replaceChildren(...rows);
  list.hidden = rows.length === 0;
  if (visit === "before" && chosen[0] !== shown) {
    shown = chosen[0] ?? null;
    await drawing.picture(shown);
  }
}

function startPair(pair) {
  const range = pair.querySelector("[data-at]");
  const pictures = pair.querySelector("[data-pictures]");
  const chosen = () => pair.querySelector("input[type=radio]:checked").value;
  const at = () => {
    pair.style.setProperty("--at", `${range.value}%`);
    // The range tells how far towards after: all of it is after alone.
    pair.style.setProperty("--share", String(range.value / 100));
    range.setAttribute("aria-valuetext", chosen() === "fade" ? `${range.value} percent after` : `edge at ${range.value} percent`);
  };
  const follow = (event) => {
    if (chosen() !== "slide") return;
    const box = pictures.getBoundingClientRect();
    range.value = String(Math.round((100 * (event.clientX - box.left)) / box.width));
    at();
  };
  range.addEventListener("input", at);
  pair.addEventListener("change", at);
  pictures.addEventListener("pointerdown", (event) => {
    if (chosen() !== "slide") return;
    pictures.setPointerCapture(event.pointerId);
    follow(event);
  });
  pictures.addEventListener("pointermove", (event) => {
    if (pictures.hasPointerCapture(event.pointerId)) follow(event);
  });
  // A tall picture is kept within the window; a style in the page itself would not be allowed.
  const first = pair.querySelector("img");
  pair.style.setProperty("--aspect", String(first.getAttribute("width") / first.getAttribute("height")));
  pair.querySelector('[value="slide"]').checked = true;
  at();
}

function startAnswer() {
  document.querySelectorAll("#result [data-pair]").forEach(startPair);
  for (const fault of form.querySelectorAll(".ph-fault")) mark(fault);
  document.querySelector("#troubles-here h2, #result h2")?.focus();
}

// A field that the answer found fault with is marked, and what is folded round it opened; once it changes that is over.
const faulty = (fault) => form.querySelectorAll(`:is(input, textarea)[aria-describedby~="${fault.id}"]`);
function mark(fault) {
  const wrong = fault.childElementCount > 0;
  for (const field of faulty(fault)) {
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  if (wrong) fault.closest("details")?.setAttribute("open", "");
}
function mended(field) {
  const described = field.closest("fieldset[aria-describedby]") ?? field;
  for (const id of (field.getAttribute("aria-describedby") ?? described.getAttribute("aria-describedby") ?? "").split(" ")) {
    const fault = id.startsWith("fault-") && document.getElementById(id);
    if (!fault) continue;
    fault.replaceChildren();
    mark(fault);
  }
}

document.documentElement.classList.add("scripted");
for (const visit of VISITS) {
  input(visit).addEventListener("change", () => show(visit));
  // A browser may bring back what was chosen before.
  show(visit);
}
form.addEventListener("submit", (event) => {
  if (VISITS.some((visit) => trouble(visit))) event.preventDefault();
});
// Pictures that would be refused stay here; the rest is sent, so that all that is wrong is told at once.
form.addEventListener("htmx:configRequest", (event) => {
  for (const visit of VISITS.filter(trouble)) {
    event.detail.formData.delete(visit);
    event.detail.formData.append(`kept_back_${visit}`, "yes");
  }
});
for (const name of ["input", "change"]) form.addEventListener(name, (event) => mended(event.target));
// Comparing takes seconds: they are counted, and what was found before is not taken for the new answer.
const result = document.getElementById("result");
const seconds = form.querySelector("[data-seconds]");
let counting = 0;
form.addEventListener("htmx:beforeRequest", () => {
  const since = performance.now();
  clearInterval(counting);
  seconds.textContent = "";
  counting = setInterval(() => { seconds.textContent = `${Math.round((performance.now() - since) / 1000)} s`; }, 1000);
  result.setAttribute("aria-busy", "true");
  document.getElementById("said").textContent = "Comparing. This takes some seconds.";
});
form.addEventListener("htmx:afterRequest", () => {
  clearInterval(counting);
  result.removeAttribute("aria-busy");
});
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  form.addEventListener(name, () => {
    document.getElementById("said").textContent = "No answer came. Try again; if it stays so, send fewer or smaller pictures.";
    const words = document.createElement("p");
    words.className = "ph-troubles";
    words.textContent = document.getElementById("said").textContent;
    document.getElementById("troubles-here").replaceChildren(words);
    document.getElementById("result").replaceChildren();
  });
}
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "result") startAnswer();
});
// A link to a field inside what is folded opens it.
document.body.addEventListener("click", (event) => {
  const link = event.target.closest?.('.ph-troubles a[href^="#"]');
  if (!link) return;
  const field = document.getElementById(link.hash.slice(1));
  field?.closest("details")?.setAttribute("open", "");
  field?.querySelector("input")?.focus();
  field?.focus();
});
startCamera(document.getElementById("camera"), {
  room: (visit) => limits.pictures - files(visit).length,
  add: (visit, taken) => put(visit, [...files(visit), ...taken]),
  baseline: () => files("before")[0] ?? null,
});
document.querySelectorAll("#result [data-pair]").forEach(startPair);

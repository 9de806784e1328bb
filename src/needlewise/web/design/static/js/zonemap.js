// The zone map: every place a control, bound to the list of boxes beside it. The boxes are the truth; the map shows them.

const FILLS = { ask: "dots", refer: "rise", defer: "fall", exclude: "cross", "left-out": "out" };
let form;

function hand() {
  return form.querySelector('input[name="hand"]:checked, input[name="hand"][type="hidden"]')?.value ?? "0";
}

function box(place, concern = hand()) {
  return form.querySelector(`input[name="c.${concern}.zones"][value="${CSS.escape(place)}"]`);
}

function otherSide(place) {
  const side = place.endsWith("-left") ? "-left" : place.endsWith("-right") ? "-right" : "";
  return side ? place.slice(0, -side.length) + (side === "-left" ? "-right" : "-left") : "";
}

function toggle(zone) {
  const first = box(zone.dataset.place);
  if (!first) return;
  first.checked = !first.checked;
  const other = document.getElementById("mirror")?.checked && box(otherSide(zone.dataset.place));
  if (other) other.checked = first.checked;
  first.dispatchEvent(new Event("change", { bubbles: true }));
}

function ring(zone, on) {
  zone.ownerSVGElement.querySelector("[data-focus]").setAttribute("d", on ? zone.getAttribute("d") : "M0 0");
}

// Copy what the server says of each place, and what the boxes say, onto the drawing and the list.
export function updateMap() {
  const told = new Map([...document.querySelectorAll("#map-state > i")].map((one) => [one.dataset.place, one.dataset]));
  const chosen = new Set([...form.querySelectorAll('input[name$=".zones"]:checked')].map((one) => one.value));
  for (const zone of form.querySelectorAll(".zone")) {
    const place = zone.dataset.place;
    const wished = chosen.has(place);
    const state = wished ? told.get(place) ?? { tone: "wished", words: "wished" } : { tone: "", words: "" };
    const inHand = box(place)?.checked ?? false;
    zone.setAttribute("class", ["zone", state.tone && `tone-${state.tone}`, wished && "is-wished", inHand && "in-hand"].filter(Boolean).join(" "));
    zone.setAttribute("aria-pressed", String(inHand));
    zone.setAttribute("aria-label", state.words ? `${zone.dataset.label}: ${state.words}` : zone.dataset.label);
    zone.querySelector("title")?.remove();
    const over = zone.ownerSVGElement.querySelector(`[data-over="${CSS.escape(place)}"]`);
    const fill = FILLS[state.tone];
    over.setAttribute("fill", fill ? `url(#${fill}-${over.dataset.viewId})` : "none");
    zone.ownerSVGElement.querySelector(`[data-number="${CSS.escape(place)}"]`).textContent = (wished && state.concerns) || "";
  }
  for (const row of form.querySelectorAll(".zone-row")) {
    const words = [...row.querySelectorAll("input:checked")].map((one) => told.get(one.value)?.words).filter(Boolean);
    row.querySelector("[data-zone-words]").textContent = [...new Set(words)].join("; ");
  }
  for (const svg of form.querySelectorAll(".zonemap")) {
    const wished = svg.querySelectorAll(".is-wished").length;
    form.querySelector(`[data-view-count="${svg.dataset.view}"]`).textContent = wished ? ` ${wished}` : "";
  }
}

export function startMap(theForm) {
  form = theForm;
  for (const svg of form.querySelectorAll(".zonemap")) svg.setAttribute("role", "group");
  for (const zone of form.querySelectorAll(".zone")) {
    zone.setAttribute("role", "button");
    zone.setAttribute("tabindex", "0");
    zone.addEventListener("click", () => toggle(zone));
    zone.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggle(zone);
    });
    zone.addEventListener("focus", () => ring(zone, zone.matches(":focus-visible")));
    zone.addEventListener("blur", () => ring(zone, false));
  }
  updateMap();
}

// Zones and stretch marks drawn on the first picture by pointer, touch or keys. The text field is the truth that is sent; this writes and reads it.

import { format, parse } from "./zone_text.js";

const NS = "http://www.w3.org/2000/svg";
const STEP = 0.005;
const LARGE_STEP = 0.05;
// A tap so near an edge, in pixels, puts a point into it.
const NEAR_PX = 10;
const HIT_PX = 22;
const NAME_PX = 20;
const SHOWN_PX = 2400;
const HISTORY = 100;

// Where on the edge from a to b the point p comes nearest: how far away it is, all in pixels.
function away(p, a, b) {
  const run = [b[0] - a[0], b[1] - a[1]];
  const length = run[0] ** 2 + run[1] ** 2 || 1;
  const t = Math.min(1, Math.max(0, ((p[0] - a[0]) * run[0] + (p[1] - a[1]) * run[1]) / length));
  return Math.hypot(p[0] - a[0] - t * run[0], p[1] - a[1] - t * run[1]);
}

function shape(name, attributes) {
  const one = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, String(value));
  return one;
}

const clamp = (value) => Math.min(1, Math.max(0, value));
const percent = ([x, y]) => `${Math.round(100 * x)} % across, ${Math.round(100 * y)} % down`;

export function startDrawing(form) {
  const part = form.querySelector("[data-drawing]");
  const [stage, canvas, svg, empty, tools, place, list, said] = ["stage", "canvas", "overlay", "empty", "tools", "place", "list", "said"].map((name) => part.querySelector(`[data-${name}]`));
  const [width, widthRow, note] = ["width", "width-row", "unread"].map((name) => part.querySelector(`[data-${name}]`));
  const text = form.querySelector("#f-zones");
  const labels = new Map([...place.options].map((one) => [one.value, one.textContent]));
  // “Around the eye, outside its bony rim, left” is too long for a picture: what it is, and the side.
  const label = (name) => {
    const parts = (labels.get(name) ?? name).split(", ");
    return parts.length > 2 ? `${parts[0]}, ${parts.at(-1)}` : parts.join(", ");
  };
  let zones = [];
  let current = 0;
  let chosen = -1;
  let past = [];
  let cross = [0.5, 0.5];
  let dragged = null;
  // Text that cannot be drawn must not be drawn over.
  let unread = false;

  const zone = () => zones[current];
  const size = () => [svg.clientWidth || 1, svg.clientHeight || 1];
  const px = ([x, y]) => [x * size()[0], y * size()[1]];
  const called = (one) => (one.stripe ? `stretch mark, ${label(one.name)}` : label(one.name));
  const least = (one) => (one.stripe ? 2 : 3);
  const say = (words) => { said.textContent = words; };

  function remember() {
    past.push(JSON.stringify({ zones, current, chosen }));
    if (past.length > HISTORY) past.shift();
  }

  function changed() {
    text.value = format(zones);
    text.dispatchEvent(new Event("input", { bubbles: true }));
    render();
  }

  // The place that is chosen; where it has been drawn, its other side, or the next place that has not.
  function freeName() {
    const used = new Set(zones.filter((one) => !one.stripe).map((one) => one.name));
    const names = [...labels.keys()];
    const other = place.value.replace(/-(left|right)$/, (_, side) => (side === "left" ? "-right" : "-left"));
    const next = names.slice(names.indexOf(place.value)).concat(names);
    return [place.value, other, ...next].find((name) => labels.has(name) && !used.has(name)) ?? place.value;
  }

  function begin() {
    zones.push({ name: freeName(), points: [] });
    current = zones.length - 1;
    chosen = -1;
  }

  function add(point) {
    if (unread) {
      say(note.textContent);
      return;
    }
    remember();
    if (!zone()) begin();
    const points = zone().points;
    const [x, y] = px(point);
    let at = chosen >= 0 ? chosen + 1 : points.length;
    if (points.length >= least(zone())) {
      // A stretch mark has two ends, and no edge between them.
      const edges = zone().stripe ? points.slice(0, -1) : points;
      const gaps = edges.map((one, index) => away([x, y], px(one), px(points[(index + 1) % points.length])));
      const near = gaps.indexOf(Math.min(...gaps));
      if (gaps[near] < NEAR_PX) at = near + 1;
    }
    points.splice(at, 0, point);
    chosen = at;
    changed();
    say(`Point ${at + 1} of ${called(zone())} set, ${percent(point)}.`);
  }

  function move(index, point) {
    zone().points[index] = point.map(clamp);
    chosen = index;
    changed();
  }

  function dropPoint() {
    if (!zone()?.points.length) return;
    remember();
    const index = chosen >= 0 ? chosen : zone().points.length - 1;
    zone().points.splice(index, 1);
    chosen = Math.min(index, zone().points.length) - 1;
    changed();
    say(`Point taken away; ${zone().points.length} left.`);
    focusHandle(chosen);
  }

  function dropZone() {
    if (!zone()) return;
    remember();
    const [gone] = zones.splice(current, 1);
    // Its stretch marks go with the last outline of a place.
    if (!gone.stripe && !zones.some((one) => !one.stripe && one.name === gone.name)) zones = zones.filter((one) => one.name !== gone.name);
    current = Math.max(0, zones.length - 1);
    chosen = -1;
    changed();
    say(`${called(gone)} taken away.`);
  }

  function undo() {
    if (unread) {
      say(note.textContent);
      return;
    }
    if (!past.length) return;
    ({ zones, current, chosen } = JSON.parse(past.pop()));
    changed();
    say("Undone.");
  }

  function square() {
    remember();
    if (!zone() || zone().points.length || zone().stripe) begin();
    const [across, height] = size();
    const half = [0.2 * Math.min(1, height / across), 0.2 * Math.min(1, across / height)];
    zone().points = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => [0.5 + x * half[0], 0.5 + y * half[1]]);
    chosen = 0;
    changed();
    say(`A square for ${label(zone().name)}. Move its points.`);
  }

  function another() {
    if (zone() && !zone().points.length && !zone().stripe) return;
    remember();
    begin();
    changed();
    say(`A new zone: ${label(zone().name)}. Tap the picture to set its points.`);
  }

  function stripe() {
    remember();
    const name = zone()?.name ?? place.value;
    zones = zones.filter((one) => one.points.length);
    zones.push({ name, points: [], stripe: true, width: "" });
    current = zones.length - 1;
    chosen = -1;
    changed();
    say(`A stretch mark in ${label(zone().name)}. Set points along its middle, from one end to the other.`);
  }

  const focusHandle = (index) => svg.querySelector(`[data-index="${index}"]`)?.focus();

  function rings() {
    const drawn = [];
    zones.forEach((one, index) => {
      const points = one.points.map((point) => px(point).join(",")).join(" ");
      const kind = one.stripe ? "polyline" : "polygon";
      const line = one.stripe ? "ph-outline is-stripe" : "ph-outline";
      if (index === current || one.stripe) drawn.push(shape(kind, { class: "ph-outline-under", points }));
      drawn.push(shape(kind, { class: index === current ? line : `${line} is-other`, points }));
      if (!one.stripe && one.points.length > 2) {
        // Below the upper edge, so that stretch marks in the middle are not written over.
        const [x] = px([one.points.reduce((sum, point) => sum + point[0], 0) / one.points.length, 0]);
        const y = px([0, Math.min(...one.points.map((point) => point[1]))])[1] + NAME_PX;
        const words = shape("text", { class: "ph-name", x, y });
        words.textContent = label(one.name);
        drawn.push(words);
      }
    });
    svg.querySelector(".ph-rings").replaceChildren(...drawn);
  }

  // Handles are kept where they can be, so that focus and a drag survive.
  function handles() {
    const held = svg.querySelector(".ph-handles");
    const points = zone()?.points ?? [];
    while (held.children.length > points.length) held.lastElementChild.remove();
    while (held.children.length < points.length) {
      const one = shape("g", { class: "ph-handle", role: "button", tabindex: 0, "data-index": held.children.length });
      one.append(shape("circle", { class: "hit", r: HIT_PX }), shape("circle", { class: "dot", r: 7 }));
      held.append(one);
    }
    points.forEach((point, index) => {
      const one = held.children[index];
      const [x, y] = px(point);
      one.setAttribute("transform", `translate(${x} ${y})`);
      one.setAttribute("class", index === chosen ? "ph-handle is-chosen" : "ph-handle");
      one.setAttribute("aria-label", `Point ${index + 1} of ${called(zone())}, ${percent(point)}`);
    });
  }

  function crosshair() {
    const [x, y] = px(cross);
    const mark = svg.querySelector(".ph-cross");
    mark.setAttribute("transform", `translate(${x} ${y})`);
    mark.setAttribute("aria-label", `Cross for setting points, ${percent(cross)}`);
  }

  function names() {
    list.replaceChildren(...zones.map((one, index) => {
      const row = document.createElement("li");
      const button = document.createElement("button");
      const words = document.createElement("span");
      const count = document.createElement("span");
      button.type = "button";
      button.setAttribute("aria-pressed", String(index === current));
      words.textContent = one.stripe ? `Stretch mark, ${label(one.name)}` : label(one.name);
      count.className = "soft";
      const enough = one.points.length >= least(one);
      count.textContent = enough ? `${one.points.length} points${one.width ? `, ${one.width} mm` : ""}` : `${one.points.length} of ${least(one)} points`;
      button.append(words, count);
      button.addEventListener("click", () => {
        current = index;
        chosen = -1;
        render();
        list.children[index].firstElementChild.focus();
      });
      row.append(button);
      return row;
    }));
  }

  function render() {
    svg.setAttribute("viewBox", `0 0 ${size().join(" ")}`);
    rings();
    handles();
    crosshair();
    names();
    if (zone() && labels.has(zone().name)) place.value = zone().name;
    note.hidden = !unread;
    widthRow.hidden = !zone()?.stripe;
    if (document.activeElement !== width) width.value = zone()?.width ?? "";
    const outlined = zones.some((one) => !one.stripe && one.points.length > 2);
    const can = { undo: past.length, point: zone()?.points.length, delete: zones.length, zone: zone()?.points.length || zone()?.stripe, square: true, stripe: outlined && (!zone()?.stripe || zone().points.length) };
    for (const button of tools.querySelectorAll("[data-do]")) button.disabled = unread || !can[button.dataset.do];
    tools.querySelector('[data-do="delete"]').textContent = zone()?.stripe ? "Delete stretch mark" : "Delete zone";
  }

  function keys(event) {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      undo();
      return;
    }
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const handle = event.target.closest(".ph-handle");
    if (steps) {
      event.preventDefault();
      const by = steps.map((one) => one * (event.shiftKey ? LARGE_STEP : STEP));
      if (!handle) {
        cross = cross.map((one, axis) => clamp(one + by[axis]));
        crosshair();
        say(percent(cross));
        return;
      }
      const index = Number(handle.dataset.index);
      if (!event.repeat) remember();
      move(index, zone().points[index].map((one, axis) => one + by[axis]));
      say(percent(zone().points[index]));
    } else if ((event.key === "Delete" || event.key === "Backspace") && handle) {
      event.preventDefault();
      chosen = Number(handle.dataset.index);
      dropPoint();
      if (document.activeElement === document.body) svg.querySelector(".ph-cross").focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (handle) {
        chosen = Number(handle.dataset.index);
        render();
        say(`Point ${chosen + 1} chosen.`);
      } else add([...cross]);
    }
  }

  function place_of(event) {
    const box = svg.getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  }

  function build() {
    const mark = shape("g", { class: "ph-cross is-reachable", role: "button", tabindex: 0 });
    mark.append(shape("path", { class: "under", d: "M-16 0H16M0-16V16" }), shape("path", { d: "M-16 0H16M0-16V16" }), shape("circle", { class: "ring", r: 9 }));
    svg.append(shape("g", { class: "ph-rings" }), shape("g", { class: "ph-handles" }), mark);
    svg.addEventListener("keydown", keys);
    svg.addEventListener("pointerdown", (event) => {
      const handle = event.target.closest(".ph-handle");
      if (!handle || event.button) return;
      dragged = { index: Number(handle.dataset.index), moved: false };
      handle.setPointerCapture(event.pointerId);
    });
    // Text that was read since it was gripped may hold no such point.
    const gripped = () => dragged && zone()?.points[dragged.index];
    svg.addEventListener("pointermove", (event) => {
      if (!gripped()) return;
      if (!dragged.moved) remember();
      dragged.moved = true;
      move(dragged.index, place_of(event));
    });
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => {
      if (gripped() && !dragged.moved) {
        chosen = dragged.index;
        render();
      }
      // The click that ends a drag comes after this.
      setTimeout(() => { dragged = null; });
    });
    svg.addEventListener("click", (event) => {
      if (!dragged && !event.target.closest(".ph-handle")) add(place_of(event));
    });
    const does = { square, zone: another, stripe, undo, point: dropPoint, delete: dropZone };
    for (const button of tools.querySelectorAll("[data-do]")) button.addEventListener("click", () => does[button.dataset.do]());
    place.addEventListener("change", () => {
      if (!zone() || unread) return;
      remember();
      const { name, stripe: alone } = zone();
      // The stretch marks of a zone go with it.
      for (const one of zones) if (one === zone() || (!alone && one.stripe && one.name === name)) one.name = place.value;
      changed();
    });
    width.addEventListener("change", () => {
      if (!zone()?.stripe) return;
      remember();
      zone().width = width.value.trim().replace(",", ".").replace(/[\s:]|mm$/g, "");
      changed();
    });
    text.addEventListener("change", read);
    new ResizeObserver(render).observe(stage);
  }

  // Text that cannot be read is left as it is: the answer says what is wrong with it. A file of zones is one as well.
  function read() {
    const found = parse(text.value);
    unread = !found;
    // What was drawn before it belongs to another text.
    if (unread) past = [];
    zones = found ?? [];
    current = Math.max(0, zones.length - 1);
    chosen = -1;
    render();
  }

  async function picture(file) {
    const image = file && (await createImageBitmap(file).catch(() => null));
    if (image) {
      const scale = Math.min(1, SHOWN_PX / Math.max(image.width, image.height));
      canvas.width = Math.max(1, Math.round(image.width * scale));
      canvas.height = Math.max(1, Math.round(image.height * scale));
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      stage.style.setProperty("--aspect", String(canvas.width / canvas.height));
      image.close();
    }
    for (const one of [canvas, svg, tools]) one.toggleAttribute("hidden", !image);
    empty.hidden = Boolean(image);
    empty.textContent = file ? "This browser cannot show that kind of picture. Choose a JPEG or PNG as the first, or write the zones as text." : "The first picture before appears here.";
    render();
  }

  build();
  read();
  return { picture };
}

// What the primitives share: a number that is dragged or moved with the keys, and one painting
// for everything that belongs to one picture.

// Add an element to another.
export function add(parent, kind, className = "") {
  const node = parent.appendChild(document.createElement(kind));
  if (className) node.className = className;
  return node;
}

export const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

// The nearest x that can be reached from `low` in whole steps.
export function nearest(x, { low, high, step }) {
  return clamp(low + Math.round((x - low) / step) * step, low, high);
}

export function limits(model) {
  return { low: model.get("low"), high: model.get("high"), step: model.get("step") };
}

// Let a node be moved as a slider: by the keys, and by dragging in `area`, where `placeOf` says
// which number a pointer's event means. `value` says where it is, `move` is told where to.
export function slide(node, { model, area, value, placeOf, move }) {
  node.setAttribute("tabindex", 0);
  node.setAttribute("role", "slider");
  area.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    area.setPointerCapture(event.pointerId);
    node.focus();
    move(placeOf(event));
  });
  area.addEventListener("pointermove", (event) => {
    if (area.hasPointerCapture(event.pointerId)) move(placeOf(event));
  });
  onKey(node, (event) => {
    const { low, high, step } = limits(model);
    const x = value();
    const to = {
      ArrowUp: x + step,
      ArrowRight: x + step,
      ArrowDown: x - step,
      ArrowLeft: x - step,
      PageUp: x + 10 * step,
      PageDown: x - 10 * step,
      Home: low,
      End: high,
    }[event.key];
    if (to === undefined) return false;
    event.preventDefault();
    move(to);
    return true;
  });
}

// The keys with which a browser presses a button, or ticks a box, by itself.
export const presses = (event) => event.key === " " || event.key === "Enter";

// Hear the keys of a focused node before its page does, which may have meanings of its own for
// them. `act` says whether the key was meant for the node; if so, the page never hears of it.
export function onKey(node, act) {
  const hear = (event) => {
    const meant = event.composedPath()[0] === node; // also where a page keeps it in a shadow tree
    if (meant && act(event)) event.stopPropagation();
  };
  node.addEventListener("focus", () => window.addEventListener("keydown", hear, true));
  node.addEventListener("blur", () => window.removeEventListener("keydown", hear, true));
}

// Say for a screen reader where a slider stands.
export function describe(node, model, { label, value, text }) {
  const { low, high } = limits(model);
  node.setAttribute("aria-label", label);
  node.setAttribute("aria-valuemin", low);
  node.setAttribute("aria-valuemax", high);
  node.setAttribute("aria-valuenow", value);
  node.setAttribute("aria-valuetext", text);
}

// Call `paint` after any of the names changed, once for all that one message brings. Returns what
// ends it.
export function onChange(model, names, paint) {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      paint();
    });
  };
  for (const name of names) model.on(`change:${name}`, soon);
  return () => {
    for (const name of names) model.off(`change:${name}`, soon);
  };
}

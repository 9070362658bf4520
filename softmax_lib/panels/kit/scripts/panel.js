// A panel: parts in rows and columns. All are on one model, so that whatever one touch changes
// arrives in one message and is painted in one frame; each part sees of it what is its own.

import { bars } from "./bars.js";
import { button } from "./button.js";
import { check } from "./check.js";
import { curve } from "./curve.js";
import { heatmap } from "./heatmap.js";
import { slider } from "./slider.js";
import { words } from "./words.js";

const KINDS = { bars, button, check, curve, heatmap, slider, words };

// A model's part: what is called "value" there is "part3_value" in the whole.
function part(model, prefix) {
  const whole = (event) => event.replace("change:", `change:${prefix}`);
  return {
    get: (name) => model.get(prefix + name),
    set: (name, value) => model.set(prefix + name, value),
    save_changes: () => model.save_changes(),
    on: (event, act) => model.on(whole(event), act),
    off: (event, act) => model.off(whole(event), act),
  };
}

function render({ model, el }) {
  const ends = [];

  function place({ kind, prefix, parts }, parent) {
    if (!parts) return ends.push(KINDS[kind]({ model: part(model, prefix), el: parent }));
    const group = parent.appendChild(document.createElement("div"));
    group.className = `softmax-${kind}`;
    for (const each of parts) place(each, group);
  }

  place(model.get("tree"), el);
  return () => {
    for (const end of ends) end?.();
  };
}

export default { render };

// A panel: parts in rows and columns. All are on one model, so that whatever one touch changes
// arrives in one message and is painted in one frame; each part sees of it what is its own.

import { Bars } from "./bars.js";
import { Button } from "./button.js";
import { Check } from "./check.js";
import { Curve } from "./curve.js";
import { Heatmap } from "./heatmap.js";
import { Slider } from "./slider.js";
import { add } from "./touch.js";
import { Words } from "./words.js";

const KINDS = {
  bars: Bars,
  button: Button,
  check: Check,
  curve: Curve,
  heatmap: Heatmap,
  slider: Slider,
  words: Words,
};

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
  const made = [];

  function place({ kind, prefix, parts }, parent) {
    if (!parts) return made.push(new KINDS[kind]({ model: part(model, prefix), el: parent }));
    const group = add(parent, "div", `softmax-${kind}`);
    for (const each of parts) place(each, group);
  }

  place(model.get("tree"), el);
  return () => {
    for (const each of made) each.end?.();
  };
}

export default { render };

// A panel: parts in rows and columns. All are on one model, so that whatever one touch changes
// arrives in one message and is painted in one frame; each part sees of it what is its own.

import { Answering } from "./answer.js";
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

// A model's part: what is called "value" there is "part3_value" in the whole. `get` is for what the
// part shows, `asked` for what was last asked for: the same, but where Python does not answer.
function part(model, seen, prefix) {
  const whole = (event) => event.replace("change:", `change:${prefix}`);
  return {
    get: (name) => seen.get(prefix + name),
    asked: (name) => model.get(prefix + name),
    set: (name, value) => model.set(prefix + name, value),
    save_changes: () => seen.save_changes(),
    on: (event, act) => seen.on(whole(event), act),
    off: (event, act) => seen.off(whole(event), act),
  };
}

function render({ model, el }) {
  const made = [];
  const python = model.send && new Answering(model); // a page's twin has nobody to send to
  const seen = python || model;

  function place({ kind, prefix, parts }, parent) {
    if (!parts) return made.push(new KINDS[kind]({ model: part(model, seen, prefix), el: parent }));
    const group = add(parent, "div", `softmax-${kind}`);
    for (const each of parts) place(each, group);
  }

  place(model.get("tree"), el);
  if (python) el.lastElementChild.append(python.line);
  return () => {
    python?.end();
    for (const each of made) each.end?.();
  };
}

export default { render };

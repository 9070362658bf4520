// The browser's own slider, with its label and the number that it is given. (ipywidgets' sliders
// carry no name that a screen reader could say.)

import { onChange, onKey } from "./touch.js";

const BEAT = 800; // milliseconds from step to step while it plays

export function slider({ model, el }) {
  const line = el.appendChild(document.createElement("div"));
  line.className = "softmax-slider";
  const button = document.createElement("button");
  if (model.get("plays")) line.appendChild(button);
  const label = line.appendChild(document.createElement("label"));
  label.className = "softmax-slider";
  const name = label.appendChild(document.createElement("span"));
  const input = label.appendChild(document.createElement("input"));
  input.type = "range";
  const number = label.appendChild(document.createElement("output"));

  function paint() {
    name.textContent = model.get("label");
    for (const limit of ["min", "max", "step"]) input[limit] = model.get(limit);
    input.value = model.get("value");
    input.setAttribute("aria-valuetext", model.get("number"));
    number.textContent = model.get("number");
  }

  function move(to) {
    model.set("value", to);
    model.save_changes();
  }

  let playing = null;
  function stop() {
    clearInterval(playing);
    playing = null;
    button.textContent = "play";
  }
  function next() {
    move(Math.min(model.get("max"), model.get("value") + model.get("step")));
    if (model.get("value") >= model.get("max")) stop();
  }
  button.textContent = "play";
  button.addEventListener("click", () => {
    if (playing) return stop();
    if (model.get("value") >= model.get("max")) move(model.get("min"));
    playing = setInterval(next, BEAT);
    button.textContent = "pause";
  });

  input.addEventListener("input", () => {
    stop();
    move(Number(input.value));
  });
  onKey(input, () => true); // the browser moves it

  const end = onChange(model, ["value", "number", "label", "min", "max", "step"], paint);
  paint();
  return () => {
    stop();
    end();
  };
}

// The browser's own slider, with its label and the number that it is given. (ipywidgets' sliders
// carry no name that a screen reader could say.)

import { add, onChange, onKey } from "./touch.js";

const BEAT = 800; // milliseconds from step to step while it plays

export class Slider {
  constructor({ model, el }) {
    this.model = model;
    const line = add(el, "div", "softmax-slider");
    this.button = document.createElement("button");
    if (model.get("plays")) line.append(this.button);
    const label = add(line, "label", "softmax-slider");
    this.name = add(label, "span");
    this.input = add(label, "input");
    this.input.type = "range";
    this.number = add(label, "output");
    this.listen();
    const shown = ["value", "number", "label", "min", "max", "step"];
    this.silence = onChange(model, shown, () => this.paint());
    this.paint();
  }

  end() {
    this.stop();
    this.silence();
  }

  paint() {
    const { model, input } = this;
    this.name.textContent = model.get("label");
    for (const limit of ["min", "max", "step"]) input[limit] = model.get(limit);
    input.value = model.get("value");
    input.setAttribute("aria-valuetext", model.get("number"));
    this.number.textContent = model.get("number");
  }

  listen() {
    this.stop();
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    this.input.addEventListener("input", () => {
      this.stop();
      this.move(Number(this.input.value));
    });
    onKey(this.input, () => true); // the browser moves it
  }

  move(to) {
    this.model.set("value", to);
    this.model.save_changes();
  }

  play() {
    const [at, low, high, step] = ["value", "min", "max", "step"].map(
      (n) => () => this.model.get(n),
    );
    if (at() >= high()) this.move(low());
    this.button.textContent = "pause";
    this.playing = setInterval(() => {
      this.move(Math.min(high(), at() + step()));
      if (at() >= high()) this.stop();
    }, BEAT);
  }

  stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.button.textContent = "play";
  }
}

// Bars on a line at zero. Drag one up or down, or focus it and use the arrow keys.
// It paints what it is given and reports what was touched: values in, values out.

import { add, clamp, describe, limits, nearest, onChange, slide } from "./touch.js";

const SHOWN = ["values", "labels", "numbers", "title", "text", "colour", "low", "high", "step"];

export class Bars {
  constructor({ model, el }) {
    this.model = model;
    this.figure = add(el, "div", "softmax-bars");
    this.figure.setAttribute("role", "group");
    this.title = add(this.figure, "div", "softmax-title");
    this.row = add(this.figure, "div", "softmax-values");
    this.end = onChange(model, SHOWN, () => this.paint());
    this.build();
  }

  build() {
    this.row.replaceChildren();
    this.columns = this.model.get("values").map((_, at) => {
      const column = add(this.row, "div", "softmax-value");
      const number = add(column, "output");
      const track = add(column, "div", "softmax-track");
      const bar = add(track, "div", "softmax-bar");
      const zero = add(track, "div", "softmax-zero");
      const label = add(column, "div");
      if (this.model.get("editable")) this.listen(track, at);
      return { number, track, bar, zero, label };
    });
    this.paint();
  }

  paint() {
    const { model, columns } = this;
    const values = model.get("values");
    if (values.length !== columns.length) return this.build();
    this.title.textContent = model.get("title");
    this.figure.setAttribute("aria-label", model.get("text") || model.get("title"));
    const nought = this.height(0);
    for (const [at, { number, track, bar, zero, label }] of columns.entries()) {
      const value = values[at];
      const name = model.get("labels")[at] ?? `${at + 1}`;
      const text = model.get("numbers")[at] ?? "";
      number.textContent = text;
      label.textContent = name;
      bar.style.background = model.get("colour");
      bar.style.bottom = `${Math.min(nought, this.height(value))}%`;
      bar.style.height = `${Math.abs(this.height(value) - nought)}%`;
      zero.style.bottom = `${nought}%`;
      if (!model.get("editable")) continue;
      describe(track, model, { label: `${model.get("title")} ${name}`, value, text });
    }
  }

  // Where a value stands in the track, from 0 at the bottom to 100 at the top.
  height(x) {
    const { low, high } = limits(this.model);
    return (100 * (clamp(x, low, high) - low)) / (high - low);
  }

  listen(track, at) {
    track.setAttribute("aria-orientation", "vertical");
    const placeOf = (event) => {
      const { low, high } = limits(this.model);
      const box = track.getBoundingClientRect();
      return low + ((box.bottom - event.clientY) / box.height) * (high - low);
    };
    const value = () => this.model.get("values")[at];
    const move = (x) => this.change(at, x);
    slide(track, { model: this.model, area: track, value, placeOf, move });
  }

  change(at, x) {
    const rounded = nearest(x, limits(this.model));
    const values = this.model.asked("values").slice(); // the other bars keep what was asked of them
    if (Math.abs(values[at] - rounded) < this.model.get("step") / 2) return;
    values[at] = rounded;
    this.model.set("values", values);
    this.model.save_changes();
  }
}

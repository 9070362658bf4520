// Bars on a line at zero. Drag one up or down, or focus it and use the arrow keys.
// It paints what it is given and reports what was touched: values in, values out.

import { clamp, describe, limits, nearest, onChange, slide } from "./touch.js";

export function bars({ model, el }) {
  const figure = document.createElement("div");
  figure.className = "softmax-bars";
  figure.setAttribute("role", "group");
  const title = figure.appendChild(document.createElement("div"));
  title.className = "softmax-title";
  const row = figure.appendChild(document.createElement("div"));
  row.className = "softmax-values";
  el.appendChild(figure);
  let columns = [];

  // Where a value stands in the track, from 0 at the bottom to 100 at the top.
  const height = (x) => {
    const { low, high } = limits(model);
    return (100 * (clamp(x, low, high) - low)) / (high - low);
  };

  function change(at, x) {
    const rounded = nearest(x, limits(model));
    const values = model.get("values").slice();
    if (Math.abs(values[at] - rounded) < model.get("step") / 2) return;
    values[at] = rounded;
    model.set("values", values);
    model.save_changes();
  }

  function build() {
    row.replaceChildren();
    columns = model.get("values").map((_, at) => {
      const column = row.appendChild(document.createElement("div"));
      column.className = "softmax-value";
      const number = column.appendChild(document.createElement("output"));
      const track = column.appendChild(document.createElement("div"));
      track.className = "softmax-track";
      const bar = track.appendChild(document.createElement("div"));
      bar.className = "softmax-bar";
      const zero = track.appendChild(document.createElement("div"));
      zero.className = "softmax-zero";
      const label = column.appendChild(document.createElement("div"));
      if (model.get("editable")) listen(track, at);
      return { number, track, bar, zero, label };
    });
    paint();
  }

  function listen(track, at) {
    track.setAttribute("aria-orientation", "vertical");
    const placeOf = (event) => {
      const { low, high } = limits(model);
      const box = track.getBoundingClientRect();
      return low + ((box.bottom - event.clientY) / box.height) * (high - low);
    };
    const value = () => model.get("values")[at];
    slide(track, { model, area: track, value, placeOf, move: (x) => change(at, x) });
  }

  function paint() {
    const values = model.get("values");
    if (values.length !== columns.length) return build();
    title.textContent = model.get("title");
    figure.setAttribute("aria-label", model.get("text") || model.get("title"));
    const nought = height(0);
    columns.forEach(({ number, track, bar, zero, label }, at) => {
      const x = values[at];
      const name = model.get("labels")[at] ?? `${at + 1}`;
      const shown = model.get("numbers")[at] ?? "";
      number.textContent = shown;
      label.textContent = name;
      bar.style.background = model.get("colour");
      bar.style.bottom = `${Math.min(nought, height(x))}%`;
      bar.style.height = `${Math.abs(height(x) - nought)}%`;
      zero.style.bottom = `${nought}%`;
      if (!model.get("editable")) return;
      describe(track, model, { label: `${model.get("title")} ${name}`, value: x, text: shown });
    });
  }

  const names = ["values", "labels", "numbers", "title", "text", "colour", "low", "high", "step"];
  const end = onChange(model, names, paint);
  build();
  return end;
}

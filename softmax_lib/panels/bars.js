// Bars on a line at zero. Drag one up or down, or focus it and use the arrow keys.
// It paints what it is given and reports what was touched: values in, values out.

const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

function render({ model, el }) {
  const figure = document.createElement("div");
  figure.className = "softmax-bars";
  figure.setAttribute("role", "group");
  const title = figure.appendChild(document.createElement("div"));
  title.className = "softmax-title";
  const row = figure.appendChild(document.createElement("div"));
  row.className = "softmax-row";
  el.appendChild(figure);
  let columns = [];

  // Where a value stands in the track, from 0 at the bottom to 100 at the top.
  const height = (x) => {
    const [low, high] = [model.get("low"), model.get("high")];
    return (100 * (clamp(x, low, high) - low)) / (high - low);
  };

  function change(at, x) {
    const [low, high, step] = ["low", "high", "step"].map((name) => model.get(name));
    const rounded = clamp(low + Math.round((x - low) / step) * step, low, high);
    const values = model.get("values").slice();
    if (Math.abs(values[at] - rounded) < step / 2) return;
    values[at] = rounded;
    model.set("values", values);
    model.save_changes();
  }

  function build() {
    row.replaceChildren();
    columns = model.get("values").map((_, at) => {
      const column = row.appendChild(document.createElement("div"));
      column.className = "softmax-column";
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
    track.tabIndex = 0;
    track.setAttribute("role", "slider");
    track.setAttribute("aria-orientation", "vertical");
    const follow = (event) => {
      const box = track.getBoundingClientRect();
      const share = (box.bottom - event.clientY) / box.height;
      change(at, model.get("low") + share * (model.get("high") - model.get("low")));
    };
    track.addEventListener("pointerdown", (event) => {
      track.setPointerCapture(event.pointerId);
      track.focus();
      follow(event);
    });
    track.addEventListener("pointermove", (event) => {
      if (track.hasPointerCapture(event.pointerId)) follow(event);
    });
    track.addEventListener("keydown", (event) => {
      const x = model.get("values")[at];
      const step = model.get("step");
      const to = {
        ArrowUp: x + step, ArrowRight: x + step, ArrowDown: x - step, ArrowLeft: x - step,
        PageUp: x + 10 * step, PageDown: x - 10 * step,
        Home: model.get("low"), End: model.get("high"),
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook has meanings of its own for these keys
      change(at, to);
    });
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
      track.setAttribute("aria-label", `${model.get("title")} ${name}`);
      track.setAttribute("aria-valuemin", model.get("low"));
      track.setAttribute("aria-valuemax", model.get("high"));
      track.setAttribute("aria-valuenow", x);
      track.setAttribute("aria-valuetext", shown);
    });
  }

  const names = ["values", "labels", "numbers", "title", "text", "colour", "low", "high", "step"];
  const events = names.map((name) => `change:${name}`).join(" ");
  model.on(events, paint);
  build();
  return () => model.off(events, paint);
}

export default { render };

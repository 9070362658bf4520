// softmax_lib/panels/kit/scripts/touch.js
var clamp = (x, low, high) => Math.min(high, Math.max(low, x));
function nearest(x, { low, high, step }) {
  return clamp(low + Math.round((x - low) / step) * step, low, high);
}
function limits(model) {
  return { low: model.get("low"), high: model.get("high"), step: model.get("step") };
}
function slide(node, { model, area, value, placeOf, move }) {
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
      End: high
    }[event.key];
    if (to === void 0) return false;
    event.preventDefault();
    move(to);
    return true;
  });
}
var presses = (event) => event.key === " " || event.key === "Enter";
function onKey(node, act) {
  const hear = (event) => {
    const meant = event.composedPath()[0] === node;
    if (meant && act(event)) event.stopPropagation();
  };
  node.addEventListener("focus", () => window.addEventListener("keydown", hear, true));
  node.addEventListener("blur", () => window.removeEventListener("keydown", hear, true));
}
function describe(node, model, { label, value, text }) {
  const { low, high } = limits(model);
  node.setAttribute("aria-label", label);
  node.setAttribute("aria-valuemin", low);
  node.setAttribute("aria-valuemax", high);
  node.setAttribute("aria-valuenow", value);
  node.setAttribute("aria-valuetext", text);
}
function onChange(model, names, paint) {
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

// softmax_lib/panels/kit/scripts/bars.js
function bars({ model, el }) {
  const figure = document.createElement("div");
  figure.className = "softmax-bars";
  figure.setAttribute("role", "group");
  const title = figure.appendChild(document.createElement("div"));
  title.className = "softmax-title";
  const row = figure.appendChild(document.createElement("div"));
  row.className = "softmax-values";
  el.appendChild(figure);
  let columns = [];
  const height = (x) => {
    const { low, high } = limits(model);
    return 100 * (clamp(x, low, high) - low) / (high - low);
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
      return low + (box.bottom - event.clientY) / box.height * (high - low);
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

// softmax_lib/panels/kit/scripts/button.js
function button({ model, el }) {
  const node = el.appendChild(document.createElement("button"));
  node.className = "softmax-button";
  node.textContent = model.get("name");
  node.addEventListener("click", () => {
    model.set("presses", model.get("presses") + 1);
    model.save_changes();
  });
  onKey(node, presses);
}

// softmax_lib/panels/kit/scripts/check.js
function check({ model, el }) {
  const label = el.appendChild(document.createElement("label"));
  label.className = "softmax-check";
  const input = label.appendChild(document.createElement("input"));
  input.type = "checkbox";
  label.append(model.get("label"));
  function paint() {
    input.checked = model.get("value");
  }
  input.addEventListener("change", () => {
    model.set("value", input.checked);
    model.save_changes();
  });
  onKey(input, presses);
  paint();
  return onChange(model, ["value"], paint);
}

// softmax_lib/panels/kit/scripts/curve.js
var SVG = "http://www.w3.org/2000/svg";
var EDGE = { left: 46, right: 12, top: 10, bottom: 24 };
function add(parent, kind, attributes, text = "") {
  const node = parent.appendChild(document.createElementNS(SVG, kind));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}
function curve({ model, el }) {
  const figure = el.appendChild(document.createElement("div"));
  figure.className = "softmax-curve";
  const title = figure.appendChild(document.createElement("div"));
  title.className = "softmax-title";
  const svg = add(figure, "svg", {});
  const legend = figure.appendChild(document.createElement("div"));
  legend.className = "softmax-legend";
  const clip = `softmax-frame-${Math.random().toString(36).slice(2)}`;
  const window_ = add(add(add(svg, "defs", {}), "clipPath", { id: clip }), "rect", {});
  const axes = add(svg, "g", { "aria-hidden": "true" });
  const drawn = add(svg, "g", { "aria-hidden": "true", "clip-path": `url(#${clip})` });
  const dots = add(svg, "g", { "aria-hidden": "true" });
  const editable = model.get("editable");
  const handle = editable ? add(svg, "circle", { r: 9, class: "softmax-handle" }) : null;
  const edge = () => model.get("xticks").length ? EDGE : { left: 8, right: 8, top: 8, bottom: 8 };
  function scales() {
    const [width, height] = model.get("size");
    const [left, right, low, high] = model.get("limits");
    const { left: l, right: r, top: t, bottom: b } = edge();
    const near = (share) => clamp(share, -50, 50);
    return {
      x: (x) => (l + near((x - left) / (right - left)) * (width - l - r)).toFixed(1),
      y: (y) => (height - b - near((y - low) / (high - low)) * (height - t - b)).toFixed(1)
    };
  }
  function frame() {
    const [width, height] = model.get("size");
    const { left, right, top, bottom } = edge();
    const { x, y } = scales();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const inside = { x: left, y: top, width: width - left - right, height: height - top - bottom };
    for (const [name, value] of Object.entries(inside)) window_.setAttribute(name, value);
    axes.replaceChildren();
    for (const [at, text] of model.get("xticks")) {
      add(axes, "line", { x1: x(at), x2: x(at), y1: top, y2: height - bottom });
      add(axes, "text", { x: x(at), y: height - bottom + 16, "text-anchor": "middle" }, text);
    }
    for (const [at, text] of model.get("yticks")) {
      add(axes, "line", { x1: left, x2: width - right, y1: y(at), y2: y(at) });
      add(axes, "text", { x: left - 6, y: Number(y(at)) + 4, "text-anchor": "end" }, text);
    }
    paint();
  }
  function paint() {
    const { x, y } = scales();
    title.textContent = model.get("title");
    drawn.replaceChildren();
    legend.replaceChildren();
    for (const { points, name, ...look } of [...model.get("still"), ...model.get("lines")]) {
      const style = { fill: "none", stroke: "currentColor", "stroke-width": 2, ...look };
      const corners = points.map(([a, b]) => `${x(a)},${y(b)}`).join(" ");
      add(drawn, "polyline", { points: corners, ...style });
      if (!name) continue;
      const entry = legend.appendChild(document.createElement("span"));
      const sample = add(entry, "svg", { width: 30, height: 10, "aria-hidden": "true" });
      add(sample, "line", { x1: 0, x2: 30, y1: 5, y2: 5, ...style });
      entry.append(name);
    }
    dots.replaceChildren();
    for (const { at, text: text2, dx = 0, dy = 0, ...look } of model.get("dots")) {
      const [left, top2] = [x(at[0]), y(at[1])];
      add(dots, "circle", { cx: left, cy: top2, r: 4, fill: "currentColor", ...look });
      const spot = { x: Number(left) + dx, y: Number(top2) + dy, "text-anchor": "middle" };
      if (text2) add(dots, "text", spot, text2);
    }
    svg.setAttribute("role", editable ? "group" : "img");
    svg.setAttribute("aria-label", model.get("text") || model.get("title"));
    if (!editable) return;
    const [px, py] = model.get("point");
    const [, , bottom, top] = model.get("limits");
    handle.setAttribute("cx", x(px));
    handle.setAttribute("cy", y(clamp(py, bottom, top)));
    const [label, value, text] = ["label", "value", "number"].map((name) => model.get(name));
    describe(handle, model, { label, value, text });
  }
  function change(to) {
    const rounded = nearest(to, limits(model));
    if (Math.abs(model.get("value") - rounded) < model.get("step") / 2) return;
    model.set("value", rounded);
    model.save_changes();
  }
  function listen() {
    const placeOf = (event) => {
      const box = svg.getBoundingClientRect();
      const [width] = model.get("size");
      const [from, to] = model.get("limits");
      const { left, right } = edge();
      const pixel = (event.clientX - box.left) / box.width * width;
      return from + (pixel - left) / (width - left - right) * (to - from);
    };
    svg.classList.add("softmax-draggable");
    slide(handle, { model, area: svg, value: () => model.get("value"), placeOf, move: change });
  }
  const ends = [
    onChange(model, ["lines", "dots", "point", "title", "text", "number"], paint),
    onChange(model, ["still", "limits", "xticks", "yticks", "size"], frame)
  ];
  if (editable) listen();
  frame();
  return () => {
    for (const end of ends) end();
  };
}

// softmax_lib/panels/kit/scripts/heatmap.js
function heatmap({ model, el }) {
  const figure = document.createElement("figure");
  figure.className = "softmax-heatmap";
  const table = figure.appendChild(document.createElement("table"));
  const caption = table.createCaption();
  el.appendChild(figure);
  let cells = [];
  const pick = (row, column) => {
    const last = [cells.length - 1, cells[0].length - 1];
    const to = [row, column].map((at, n) => clamp(at, 0, last[n]));
    model.set("picked", to);
    model.save_changes();
  };
  function build() {
    for (const body2 of [...table.tBodies]) body2.remove();
    table.deleteTHead();
    const head = table.createTHead().insertRow();
    head.insertCell();
    for (const name of model.get("columns")) header(head, name, "col");
    const body = table.createTBody();
    cells = model.get("numbers").map((line, row) => {
      const tr = body.insertRow();
      header(tr, model.get("rows")[row], "row");
      return line.map((_, column) => {
        const cell = tr.insertCell();
        if (model.get("pickable")) cell.addEventListener("click", () => pick(row, column));
        return cell;
      });
    });
    if (model.get("pickable")) table.tabIndex = 0;
    paint();
  }
  function header(row, text, scope) {
    const cell = row.appendChild(document.createElement("th"));
    cell.scope = scope;
    cell.textContent = text;
  }
  function paint() {
    const numbers = model.get("numbers");
    const same = numbers.length === cells.length && numbers[0]?.length === cells[0]?.length;
    if (!same) return build();
    caption.textContent = model.get("title");
    figure.className = `softmax-heatmap softmax-${model.get("size") || "normal"}`;
    const [top, bottom, left, right] = model.get("framed");
    table.setAttribute("aria-label", model.get("text") || model.get("title"));
    const [backgrounds, inks, picked] = ["backgrounds", "inks", "picked"].map((n) => model.get(n));
    for (const [row, line] of cells.entries()) {
      for (const [column, cell] of line.entries()) {
        const text = numbers[row][column];
        if (cell.textContent !== text) cell.textContent = text;
        const [background, color] = [backgrounds[row]?.[column] ?? "", inks[row]?.[column] ?? ""];
        if (cell.dataset.look !== background + color) {
          cell.dataset.look = background + color;
          Object.assign(cell.style, { background, color });
        }
        cell.classList.toggle("softmax-picked", picked[0] === row && picked[1] === column);
        const framed = top <= row && row < bottom && left <= column && column < right;
        cell.classList.toggle("softmax-framed", framed);
      }
    }
  }
  onKey(table, (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!model.get("pickable") || !(event.key in step)) return false;
    event.preventDefault();
    const [row, column] = model.get("picked").length ? model.get("picked") : [0, 0];
    pick(row + step[event.key][0], column + step[event.key][1]);
    return true;
  });
  const looks = ["numbers", "backgrounds", "inks", "picked", "title", "text", "framed"];
  const ends = [onChange(model, looks, paint), onChange(model, ["rows", "columns"], build)];
  build();
  return () => {
    for (const end of ends) end();
  };
}

// softmax_lib/panels/kit/scripts/slider.js
var BEAT = 800;
function slider({ model, el }) {
  const line = el.appendChild(document.createElement("div"));
  line.className = "softmax-slider";
  const button2 = document.createElement("button");
  if (model.get("plays")) line.appendChild(button2);
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
    button2.textContent = "play";
  }
  function next() {
    move(Math.min(model.get("max"), model.get("value") + model.get("step")));
    if (model.get("value") >= model.get("max")) stop();
  }
  button2.textContent = "play";
  button2.addEventListener("click", () => {
    if (playing) return stop();
    if (model.get("value") >= model.get("max")) move(model.get("min"));
    playing = setInterval(next, BEAT);
    button2.textContent = "pause";
  });
  input.addEventListener("input", () => {
    stop();
    move(Number(input.value));
  });
  onKey(input, () => true);
  const end = onChange(model, ["value", "number", "label", "min", "max", "step"], paint);
  paint();
  return () => {
    stop();
    end();
  };
}

// softmax_lib/panels/kit/scripts/words.js
function words({ model, el }) {
  const lines = el.appendChild(document.createElement("pre"));
  lines.className = "softmax-words";
  if (model.get("alert")) lines.setAttribute("role", "alert");
  function paint() {
    lines.textContent = model.get("text");
    lines.hidden = !model.get("text");
  }
  paint();
  return onChange(model, ["text"], paint);
}

// softmax_lib/panels/kit/scripts/panel.js
var KINDS = { bars, button, check, curve, heatmap, slider, words };
function part(model, prefix) {
  const whole = (event) => event.replace("change:", `change:${prefix}`);
  return {
    get: (name) => model.get(prefix + name),
    set: (name, value) => model.set(prefix + name, value),
    save_changes: () => model.save_changes(),
    on: (event, act) => model.on(whole(event), act),
    off: (event, act) => model.off(whole(event), act)
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
var panel_default = { render };
export {
  panel_default as default
};

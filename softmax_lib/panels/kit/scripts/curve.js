// Lines and dots in a frame with fixed limits. If it is editable, a point moves along the x axis:
// drag it, or focus it and use the arrow keys. Where its dot stands is for Python to say.

import { add, clamp, describe, limits, nearest, onChange, slide } from "./touch.js";

const EDGE = { left: 46, right: 12, top: 10, bottom: 24 }; // room for the numbers of the axes
const BARE = { left: 8, right: 8, top: 8, bottom: 8 };
const SEEN = ["lines", "dots", "point", "title", "text", "number"];
const FRAME = ["still", "limits", "xticks", "yticks", "size"];

export class Curve {
  constructor({ model, el }) {
    this.model = model;
    const figure = add(el, "div", "softmax-curve");
    this.title = add(figure, "div", "softmax-title");
    this.svg = draw(figure, "svg");
    this.legend = add(figure, "div", "softmax-legend");
    // An id of its own. Counting would not do: each picture in a page runs this script anew.
    const id = `softmax-frame-${Math.random().toString(36).slice(2)}`;
    this.window = draw(draw(draw(this.svg, "defs"), "clipPath", { id }), "rect");
    const silent = { "aria-hidden": "true" };
    this.axes = draw(this.svg, "g", silent);
    this.lines = draw(this.svg, "g", { ...silent, "clip-path": `url(#${id})` });
    this.dots = draw(this.svg, "g", silent);
    this.svg.setAttribute("role", model.get("editable") ? "group" : "img");
    if (model.get("editable")) this.listen();
    const ends = [
      onChange(model, SEEN, () => this.paint()),
      onChange(model, FRAME, () => this.frame()),
    ];
    this.end = () => {
      for (const end of ends) end();
    };
    this.frame();
  }

  frame() {
    const { model, axes } = this;
    const [width, height] = model.get("size");
    const { left, right, top, bottom } = this.edge();
    const { x, y } = this.scales();
    give(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    const inside = { width: width - left - right, height: height - top - bottom };
    give(this.window, { x: left, y: top, ...inside });
    axes.replaceChildren();
    for (const [at, text] of model.get("xticks")) {
      draw(axes, "line", { x1: x(at), x2: x(at), y1: top, y2: height - bottom });
      draw(axes, "text", { x: x(at), y: height - bottom + 16, "text-anchor": "middle" }, text);
    }
    for (const [at, text] of model.get("yticks")) {
      draw(axes, "line", { x1: left, x2: width - right, y1: y(at), y2: y(at) });
      draw(axes, "text", { x: left - 6, y: Number(y(at)) + 4, "text-anchor": "end" }, text);
    }
    this.paint();
  }

  paint() {
    const { model } = this;
    const scales = this.scales();
    this.title.textContent = model.get("title");
    this.svg.setAttribute("aria-label", model.get("text") || model.get("title"));
    for (const group of [this.lines, this.legend, this.dots]) group.replaceChildren();
    for (const line of [...model.get("still"), ...model.get("lines")]) this.line(line, scales);
    for (const dot of model.get("dots")) this.dot(dot, scales);
    if (model.get("editable")) this.point(scales);
  }

  line({ points, name, ...look }, { x, y }) {
    const style = { fill: "none", stroke: "currentColor", "stroke-width": 2, ...look };
    const corners = points.map(([a, b]) => `${x(a)},${y(b)}`).join(" ");
    draw(this.lines, "polyline", { points: corners, ...style });
    if (!name) return;
    const entry = add(this.legend, "span");
    const sample = draw(entry, "svg", { width: 30, height: 10, "aria-hidden": "true" });
    draw(sample, "line", { x1: 0, x2: 30, y1: 5, y2: 5, ...style });
    entry.append(name);
  }

  dot({ at, text, dx = 0, dy = 0, ...look }, { x, y }) {
    const [left, top] = [x(at[0]), y(at[1])];
    draw(this.dots, "circle", { cx: left, cy: top, r: 4, fill: "currentColor", ...look });
    const spot = { x: Number(left) + dx, y: Number(top) + dy, "text-anchor": "middle" };
    if (text) draw(this.dots, "text", spot, text);
  }

  point({ x, y }) {
    const { model } = this;
    const [px, py] = model.get("point");
    const [, , bottom, top] = model.get("limits");
    give(this.handle, { cx: x(px), cy: y(clamp(py, bottom, top)) });
    const [label, value, text] = ["label", "value", "number"].map((name) => model.get(name));
    describe(this.handle, model, { label, value, text });
  }

  edge() {
    return this.model.get("xticks").length ? EDGE : BARE;
  }

  // From data to pixels. A value far outside is kept from growing beyond what can be painted.
  scales() {
    const [width, height] = this.model.get("size");
    const [left, right, low, high] = this.model.get("limits");
    const { left: l, right: r, top: t, bottom: b } = this.edge();
    const near = (share) => clamp(share, -50, 50);
    return {
      x: (x) => (l + near((x - left) / (right - left)) * (width - l - r)).toFixed(1),
      y: (y) => (height - b - near((y - low) / (high - low)) * (height - t - b)).toFixed(1),
    };
  }

  listen() {
    const { model, svg } = this;
    this.handle = draw(svg, "circle", { r: 9, class: "softmax-handle" });
    const placeOf = (event) => {
      const box = svg.getBoundingClientRect();
      const [width] = model.get("size");
      const [from, to] = model.get("limits");
      const { left, right } = this.edge();
      const pixel = ((event.clientX - box.left) / box.width) * width;
      return from + ((pixel - left) / (width - left - right)) * (to - from);
    };
    svg.classList.add("softmax-draggable");
    const [value, move] = [() => model.get("value"), (to) => this.change(to)];
    slide(this.handle, { model, area: svg, value, placeOf, move });
  }

  change(to) {
    const { model } = this;
    const rounded = nearest(to, limits(model));
    if (Math.abs(model.get("value") - rounded) < model.get("step") / 2) return;
    model.set("value", rounded);
    model.save_changes();
  }
}

function draw(parent, kind, attributes = {}, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", kind);
  give(node, attributes).textContent = text;
  return parent.appendChild(node);
}

function give(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

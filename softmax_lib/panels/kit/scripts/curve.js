// Lines and dots in a frame with fixed limits. If it is editable, a point moves along the x axis:
// drag it, or focus it and use the arrow keys. Where its dot stands is for Python to say.

import { clamp, describe, limits, nearest, onChange, slide } from "./touch.js";

const SVG = "http://www.w3.org/2000/svg";
const EDGE = { left: 46, right: 12, top: 10, bottom: 24 }; // room for the numbers of the axes

function add(parent, kind, attributes, text = "") {
  const node = parent.appendChild(document.createElementNS(SVG, kind));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

export function curve({ model, el }) {
  const figure = el.appendChild(document.createElement("div"));
  figure.className = "softmax-curve";
  const title = figure.appendChild(document.createElement("div"));
  title.className = "softmax-title";
  const svg = add(figure, "svg", {});
  const legend = figure.appendChild(document.createElement("div"));
  legend.className = "softmax-legend";
  // An id of its own. Counting would not do: each picture in a page runs this script anew.
  const clip = `softmax-frame-${Math.random().toString(36).slice(2)}`;
  const window_ = add(add(add(svg, "defs", {}), "clipPath", { id: clip }), "rect", {});
  const axes = add(svg, "g", { "aria-hidden": "true" });
  const drawn = add(svg, "g", { "aria-hidden": "true", "clip-path": `url(#${clip})` });
  const dots = add(svg, "g", { "aria-hidden": "true" });
  const editable = model.get("editable");
  const handle = editable ? add(svg, "circle", { r: 9, class: "softmax-handle" }) : null;

  const edge = () => (model.get("xticks").length ? EDGE : { left: 8, right: 8, top: 8, bottom: 8 });

  // From data to pixels. A value far outside is kept from growing beyond what can be painted.
  function scales() {
    const [width, height] = model.get("size");
    const [left, right, low, high] = model.get("limits");
    const { left: l, right: r, top: t, bottom: b } = edge();
    const near = (share) => clamp(share, -50, 50);
    return {
      x: (x) => (l + near((x - left) / (right - left)) * (width - l - r)).toFixed(1),
      y: (y) => (height - b - near((y - low) / (high - low)) * (height - t - b)).toFixed(1),
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
    for (const { at, text, dx = 0, dy = 0, ...look } of model.get("dots")) {
      const [left, top] = [x(at[0]), y(at[1])];
      add(dots, "circle", { cx: left, cy: top, r: 4, fill: "currentColor", ...look });
      const spot = { x: Number(left) + dx, y: Number(top) + dy, "text-anchor": "middle" };
      if (text) add(dots, "text", spot, text);
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
      const pixel = ((event.clientX - box.left) / box.width) * width;
      return from + ((pixel - left) / (width - left - right)) * (to - from);
    };
    svg.classList.add("softmax-draggable");
    slide(handle, { model, area: svg, value: () => model.get("value"), placeOf, move: change });
  }

  const ends = [
    onChange(model, ["lines", "dots", "point", "title", "text", "number"], paint),
    onChange(model, ["still", "limits", "xticks", "yticks", "size"], frame),
  ];
  if (editable) listen();
  frame();
  return () => {
    for (const end of ends) end();
  };
}

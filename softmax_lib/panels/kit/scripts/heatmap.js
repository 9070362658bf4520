// A matrix as a table: a number in each cell, on the colour that it is given. If cells can be
// picked, click on one, or focus the table and use the arrow keys.

import { clamp, onChange, onKey } from "./touch.js";

export function heatmap({ model, el }) {
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
    for (const body of [...table.tBodies]) body.remove();
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
        // Only what is new is written: each writing costs a new layout, or a new style.
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

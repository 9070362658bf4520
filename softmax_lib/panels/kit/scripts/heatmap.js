// A matrix as a table: a number in each cell, on the colour that it is given. If cells can be
// picked, click on one, or focus the table and use the arrow keys.

import { add, clamp, onChange, onKey } from "./touch.js";

const LOOKS = ["numbers", "backgrounds", "inks", "picked", "title", "text", "framed"];
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Heatmap {
  constructor({ model, el }) {
    this.model = model;
    this.figure = add(el, "figure", "softmax-heatmap");
    this.table = add(this.figure, "table");
    this.caption = this.table.createCaption();
    onKey(this.table, (event) => this.press(event));
    const ends = [
      onChange(model, LOOKS, () => this.paint()),
      onChange(model, ["rows", "columns"], () => this.build()),
    ];
    this.end = () => {
      for (const end of ends) end();
    };
    this.build();
  }

  build() {
    const { model, table } = this;
    for (const body of [...table.tBodies]) body.remove();
    table.deleteTHead();
    const head = table.createTHead().insertRow();
    head.insertCell();
    for (const name of model.get("columns")) header(head, name, "col");
    const body = table.createTBody();
    this.cells = model.get("numbers").map((line, row) => {
      const tr = body.insertRow();
      header(tr, model.get("rows")[row], "row");
      return line.map((_, column) => {
        const cell = tr.insertCell();
        if (model.get("pickable")) cell.addEventListener("click", () => this.pick(row, column));
        return cell;
      });
    });
    if (model.get("pickable")) table.tabIndex = 0;
    this.paint();
  }

  paint() {
    const { model, cells } = this;
    const numbers = model.get("numbers");
    const same = numbers.length === cells.length && numbers[0]?.length === cells[0]?.length;
    if (!same) return this.build();
    this.caption.textContent = model.get("title");
    this.figure.className = `softmax-heatmap softmax-${model.get("size") || "normal"}`;
    this.table.setAttribute("aria-label", model.get("text") || model.get("title"));
    const [top, bottom, left, right] = model.get("framed");
    const [backgrounds, inks, picked] = ["backgrounds", "inks", "picked"].map((n) => model.get(n));
    for (const [row, line] of cells.entries()) {
      for (const [column, cell] of line.entries()) {
        write(cell, numbers[row][column], backgrounds[row]?.[column], inks[row]?.[column]);
        cell.classList.toggle("softmax-picked", picked[0] === row && picked[1] === column);
        const framed = top <= row && row < bottom && left <= column && column < right;
        cell.classList.toggle("softmax-framed", framed);
      }
    }
  }

  press(event) {
    const { model } = this;
    if (!model.get("pickable") || !(event.key in STEPS)) return false;
    event.preventDefault();
    const [row, column] = model.get("picked").length ? model.get("picked") : [0, 0];
    const [down, right] = STEPS[event.key];
    this.pick(row + down, column + right);
    return true;
  }

  pick(row, column) {
    const last = [this.cells.length - 1, this.cells[0].length - 1];
    const to = [row, column].map((at, n) => clamp(at, 0, last[n]));
    this.model.set("picked", to);
    this.model.save_changes();
  }
}

function header(row, text, scope) {
  const cell = add(row, "th");
  cell.scope = scope;
  cell.textContent = text;
}

// Only what is new is written: each writing costs a new layout, or a new style.
function write(cell, text, background = "", color = "") {
  if (cell.textContent !== text) cell.textContent = text;
  if (cell.dataset.look === background + color) return;
  cell.dataset.look = background + color;
  Object.assign(cell.style, { background, color });
}

// The browser's own box to tick, with its label.

import { add, onChange, onKey, presses } from "./touch.js";

export class Check {
  constructor({ model, el }) {
    const label = add(el, "label", "softmax-check");
    const input = add(label, "input");
    input.type = "checkbox";
    label.append(model.get("label"));
    input.addEventListener("change", () => {
      model.set("value", input.checked);
      model.save_changes();
    });
    onKey(input, presses);
    const paint = () => {
      input.checked = model.get("value");
    };
    this.end = onChange(model, ["value"], paint);
    paint();
  }
}

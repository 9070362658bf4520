// The browser's own box to tick, with its label.

import { onChange, onKey, presses } from "./touch.js";

export function check({ model, el }) {
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

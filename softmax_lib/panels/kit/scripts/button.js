// The browser's own button: it counts how often it was pressed.

import { add, onKey, presses } from "./touch.js";

export class Button {
  constructor({ model, el }) {
    const node = add(el, "button", "softmax-button");
    node.textContent = model.get("name");
    node.addEventListener("click", () => {
      model.set("presses", model.asked("presses") + 1);
      model.save_changes();
    });
    onKey(node, presses);
  }
}

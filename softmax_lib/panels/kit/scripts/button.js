// The browser's own button: it counts how often it was pressed.

import { onKey, presses } from "./touch.js";

export function button({ model, el }) {
  const node = el.appendChild(document.createElement("button"));
  node.className = "softmax-button";
  node.textContent = model.get("name");
  node.addEventListener("click", () => {
    model.set("presses", model.get("presses") + 1);
    model.save_changes();
  });
  onKey(node, presses);
}

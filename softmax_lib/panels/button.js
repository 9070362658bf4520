// The browser's own button: it counts how often it was pressed.

import { onKey, presses } from "./touch.js";

export function button({ model, el }) {
  const button = el.appendChild(document.createElement("button"));
  button.className = "softmax-button";
  button.textContent = model.get("name");
  button.addEventListener("click", () => {
    model.set("presses", model.get("presses") + 1);
    model.save_changes();
  });
  onKey(button, presses);
}

// Lines of plain text; nothing in them is taken for HTML. An alert is read out at once.

import { onChange } from "./touch.js";

export function words({ model, el }) {
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

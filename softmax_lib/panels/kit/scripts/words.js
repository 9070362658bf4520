// Lines of plain text; nothing in them is taken for HTML. An alert is read out at once.

import { add, onChange } from "./touch.js";

export class Words {
  constructor({ model, el }) {
    const lines = add(el, "pre", "softmax-words");
    if (model.get("alert")) lines.setAttribute("role", "alert");
    const paint = () => {
      lines.textContent = model.get("text");
      lines.hidden = !model.get("text");
    };
    this.end = onChange(model, ["text"], paint);
    paint();
  }
}

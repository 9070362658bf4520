// The model as the parts see it where Python answers. A touch that waits too long is taken from
// view: until there is an answer, the page shows what Python last showed, and says so below.

const PATIENCE = 2000; // milliseconds
const WORDS = "No answer from Python yet. If the kernel was restarted, run this cell again.";

export class Answering {
  constructor(model) {
    this.model = model;
    this.paints = new Set();
    this.line = document.createElement("div");
    this.line.className = "softmax-words";
    this.line.setAttribute("role", "status");
    const events = { "change:touches": () => this.touch(), "change:answered": () => this.hear() };
    for (const [event, act] of Object.entries(events)) model.on(event, act);
    this.end = () => {
      clearTimeout(this.timer);
      for (const [event, act] of Object.entries(events)) model.off(event, act);
    };
  }

  // `answered` holds what was touched as Python knows it. What was touched since then stays in the
  // model: a Python that is only busy still gets it.
  get(name) {
    return (this.late ? this.model.get("answered")[name] : null) ?? this.model.get(name);
  }

  on(event, paint) {
    this.paints.add(paint);
    this.model.on(event, paint);
  }

  off(event, paint) {
    this.paints.delete(paint);
    this.model.off(event, paint);
  }

  save_changes() {
    this.model.set("touches", this.model.get("touches") + 1);
    this.model.save_changes();
  }

  touch() {
    // When it is late already: the browser has moved its own slider, or ticked its box.
    if (this.late) this.show(true);
    else this.timer ??= setTimeout(() => this.show(true), PATIENCE);
  }

  hear() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.late) this.show(false);
    if (this.model.get("answered").touches !== this.model.get("touches")) this.touch();
  }

  show(late) {
    this.late = late;
    this.line.textContent = late ? WORDS : "";
    for (const paint of this.paints) paint();
  }
}

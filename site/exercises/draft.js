// What was typed for one exercise: kept as it is typed, and there again after a reload.
//
// Two tabs may show one exercise. A tab in which nobody has typed follows the other. Once both have
// been typed in, neither writes over the other's text: the later one lays it aside, under a name of
// its own, where both find it.

import { forget, onOthersChange, read, write } from "./storage.js";

export class Draft {
  constructor({ lesson, task, stub }) {
    this.name = `answers/${lesson}/${task}`;
    this.aside = `${this.name}/other`;
    this.stub = stub;
    this.typed = false; // in this tab
    this.seen = read(this.name); // what was kept when this tab last looked
  }

  get text() {
    return read(this.name) ?? this.stub;
  }

  // The text of another tab that this one's is not, or null.
  get other() {
    const kept = read(this.name);
    return this.typed && kept !== this.seen ? kept : read(this.aside);
  }

  // Keep a text. Return whether the browser does.
  keep(text) {
    this.typed = true;
    this.layAside();
    const kept = write(this.name, text);
    this.seen = read(this.name);
    return kept;
  }

  // Begin anew with the stub.
  drop() {
    this.layAside();
    forget(this.name);
    this.seen = null;
  }

  layAside() {
    const kept = read(this.name);
    if (kept !== this.seen && kept !== null) write(this.aside, kept);
  }

  // Keep the other tab's text in the place of `text`, which is laid aside; return it.
  exchange(text) {
    const { other } = this;
    write(this.name, other);
    write(this.aside, text);
    this.seen = other;
    this.typed = true;
    return other;
  }

  // Keep `text` alone.
  forgetOther(text) {
    write(this.name, text);
    this.seen = text;
    forget(this.aside);
  }

  // Call `act` after another tab has kept a text.
  onOther(act) {
    onOthersChange(this.name, () => {
      if (!this.typed) this.seen = read(this.name);
      act();
    });
    onOthersChange(this.aside, act);
  }
}

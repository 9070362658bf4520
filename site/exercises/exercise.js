// One exercise in its page: an editor in the place of the stub, a check, and what it says.

import { add, button } from "./dom.js";
import { Draft } from "./draft.js";
import { Editor } from "./editor.js";
import { python } from "./python.js";
import { Said } from "./said.js";
import { lasting } from "./storage.js";
import { onTicks, solved, tick } from "./ticks.js";

const KEYS = "Tab indents; Escape, then Tab, leaves the editor. Shift and Enter check.";
const FIRST =
  "The first check fetches Python for your browser, about 9 MB. What you type never leaves it.";
const FORGETFUL =
  "This browser keeps nothing of a page: what you type here is gone once it is closed.";
const FULL = "The browser's storage is full: what you type here is gone once the page is closed.";
const OTHER = "Another tab has another text of this exercise.";
const BUSY = "Another check is still running: let it end, or stop it.";

class Exercise {
  constructor(place) {
    const { task, lesson, given } = place.dataset;
    const stub = place.querySelector(".exercise-stub");
    Object.assign(this, { place, task, lesson, given, stub: stub.textContent.trimEnd() });
    this.draft = new Draft(this);
    this.answer = place.querySelector(".exercise-answer");
    this.answer.replaceChildren();
    this.build();
    this.draft.onOther(() => this.follow());
    onTicks(() => {
      this.tick.hidden = !solved().includes(task);
    });
  }

  build() {
    const { answer, task } = this;
    const keys = `exercise-keys-${task}`;
    this.editor = new Editor({
      parent: add(answer, "div", "exercise-editor"),
      text: this.draft.text,
      label: `Your answer: my_${task}`,
      describedBy: keys,
      check: () => this.check(),
      changed: (text) => this.keep(text),
    });
    const bar = add(answer, "div", "exercise-bar");
    this.checks = button(bar, "Check", () => this.check(), { "aria-label": `Check my_${task}` });
    this.stops = button(bar, "Stop", () => python.stop(), { disabled: "" });
    button(bar, "Start afresh", () => this.startAfresh());
    this.tick = add(bar, "span", "exercise-tick", "✓ solved");
    this.other = add(answer, "p", "exercise-note", `${OTHER} `, { role: "status" });
    button(this.other, "Exchange the two", () => this.exchange());
    button(this.other, "Forget that one", () => this.forgetOther());
    this.said = new Said(answer);
    add(answer, "p", "exercise-note", KEYS, { id: keys });
    this.note = add(answer, "p", "exercise-note", lasting ? FIRST : `${FORGETFUL} ${FIRST}`);
    this.showOther();
  }

  // What stands in the editors of this lesson up to this one, in the order of the page.
  get cells() {
    const all = exercises.filter(({ lesson }) => lesson === this.lesson);
    return all.slice(0, all.indexOf(this) + 1).map(({ task, editor }) => [task, editor.text]);
  }

  async check() {
    if (this.running) {
      this.again = true;
      return;
    }
    if (python.running) return this.said.show({ kind: "busy", words: BUSY });
    this.run(true);
    this.said.wait({ kind: python.ready ? "ready" : "loading" });
    const judgement = await this.judge();
    this.run(false);
    for (const each of exercises) each.noteThatPythonIsHere();
    if (judgement.kind === "right") tick(this.task);
    await this.said.show(judgement);
  }

  // Judge what stands in the editors. If it was changed and sent again while that took its time, the
  // newer text is what the words must be about.
  async judge() {
    const { given, cells } = this;
    const { text } = this.editor;
    this.again = false;
    const judgement = await python.judge({ given, cells }, (how) => this.said.wait(how));
    const outdated = this.again && this.editor.text !== text && judgement.kind !== "stopped";
    return outdated ? this.judge() : judgement;
  }

  noteThatPythonIsHere() {
    if (!python.ready || this.note.textContent === FULL) return;
    this.note.textContent = FORGETFUL;
    this.note.hidden = lasting;
  }

  run(running) {
    if (document.activeElement === this.stops) this.checks.focus(); // a dead button keeps no focus
    this.running = running;
    this.stops.disabled = !running;
  }

  keep(text) {
    if (!this.draft.keep(text) && lasting) {
      this.note.textContent = FULL;
      this.note.hidden = false;
    }
    this.showOther();
  }

  startAfresh() {
    this.editor.text = this.stub;
    this.draft.drop();
    this.said.clear();
    this.showOther();
    this.editor.focus();
  }

  exchange() {
    this.editor.text = this.draft.exchange(this.editor.text);
    this.showOther();
    this.editor.focus();
  }

  forgetOther() {
    this.draft.forgetOther(this.editor.text);
    this.showOther();
    this.editor.focus();
  }

  // Another tab has kept a text: take it over, unless something was typed here.
  follow() {
    if (!this.draft.typed && this.editor.text !== this.draft.text) {
      this.editor.text = this.draft.text;
    }
    this.showOther();
  }

  showOther() {
    const { other } = this.draft;
    this.other.hidden = other === null || other === this.editor.text;
  }
}

const exercises = []; // of the page, in order

export function mountExercise(place) {
  exercises.push(new Exercise(place));
}

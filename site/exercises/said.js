// What is said of an answer: how far Python is, the check's own words, and the picture.

import { add } from "./dom.js";
import { draw } from "./matrices.js";

const KEPT = "What you typed is kept.";
const OURS = {
  stopped: `Stopped. ${KEPT} Python starts anew.`,
  ended: `Python broke down in this answer, and starts anew. ${KEPT}`,
};
const FULL = "The answer had filled the memory, so Python starts anew.";
const LINE = /^in \w+, line \d+/;

export class Said {
  constructor(parent) {
    this.place = add(parent, "div", "exercise-said", "", { role: "status" });
  }

  clear(kind = "") {
    this.place.replaceChildren();
    this.place.dataset.kind = kind;
  }

  // Python is on its way: a share of what is fetched, or all of it and the check runs.
  wait({ kind, share = 0 }) {
    if (this.place.dataset.kind !== "loading") {
      this.clear("loading");
      this.line = add(this.place, "p");
      this.bar = add(this.place, "progress", "", "", { "aria-label": "Fetching Python" });
    }
    this.bar.hidden = kind !== "loading";
    this.bar.value = share;
    const text = kind === "loading" ? "Python is on its way …" : "The check runs …";
    if (this.line.textContent !== text) this.line.textContent = text; // else it is read out again
  }

  async show({ kind, words = "", printed, matrices, full, from }) {
    this.clear(kind);
    if (printed) add(this.place, "pre", "exercise-printed", `It printed:\n${printed}`);
    if (kind === "unreachable") this.unreachable(from, words);
    else if (kind === "error") add(this.place, "pre", "", words);
    else this.paragraphs(OURS[kind] ?? words);
    if (kind === "ended" && words) add(this.place, "pre", "", words);
    if (full) add(this.place, "p", "", `${FULL} ${KEPT}`);
    if (matrices) await draw(this.place, matrices);
  }

  unreachable(from, words) {
    const where = from ? ` from ${from}` : "";
    const text = `Python could not be fetched${where}. Is the machine on the net? ${KEPT} Check tries again.`;
    add(this.place, "p", "", text);
    if (words) add(this.place, "pre", "", words);
  }

  paragraphs(words) {
    for (const text of words.trim().split("\n\n")) {
      const paragraph = add(this.place, "p");
      if (text.startsWith("This is a known mistake")) paragraph.className = "exercise-mistake";
      for (const line of text.split("\n")) {
        add(paragraph, LINE.test(line) ? "code" : "span", "exercise-line", line);
      }
    }
  }
}

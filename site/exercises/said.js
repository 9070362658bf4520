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
const IN_AN_INDEX = /(?<=\d), (?=\d)/g;

export class Said {
  // The words are read out by a screen reader as they come; what is drawn is there to be visited.
  constructor(parent) {
    this.place = add(parent, "div", "exercise-said");
    this.clear();
  }

  clear(kind = "") {
    this.place.dataset.kind = kind;
    if (!this.words) this.words = add(this.place, "div", "", "", { role: "status" });
    this.words.replaceChildren();
    this.picture?.remove();
    this.picture = null;
  }

  // Python is on its way: a share of what is fetched, or all of it and the check runs.
  wait({ kind, share = 0 }) {
    if (this.place.dataset.kind !== "waiting") {
      this.clear("waiting");
      this.line = add(this.words, "p");
      this.bar = add(this.words, "progress", "", "", { "aria-label": "Fetching Python" });
    }
    this.bar.hidden = kind !== "loading";
    this.bar.value = share;
    const text = kind === "loading" ? "Python is on its way …" : "The check runs. Stop ends it.";
    if (this.line.textContent !== text) this.line.textContent = text; // else it is read out again
  }

  async show({ kind, words = "", printed, matrices, full, from }) {
    this.clear(kind);
    if (kind === "unreachable") this.unreachable(from, words);
    else if (kind === "error") this.asPrinted(words);
    else this.paragraphs(OURS[kind] ?? words);
    if (kind === "ended" && words) this.asPrinted(words);
    if (printed) {
      add(this.words, "p", "", "It printed:");
      this.asPrinted(printed);
    }
    if (full) add(this.words, "p", "", `${FULL} ${KEPT}`);
    if (matrices) {
      this.picture = add(this.place, "div", "softmax-row exercise-matrices");
      await draw(this.picture, matrices);
    }
  }

  asPrinted(text) {
    add(this.words, "pre", "", text, { tabindex: 0 }); // long ones scroll, by the keys too
  }

  unreachable(from, words) {
    const where = from ? ` from ${from}` : "";
    const text = `Python could not be fetched${where}. Is the machine on the net? ${KEPT} Check tries again.`;
    add(this.words, "p", "", text);
    if (words) this.asPrinted(words);
  }

  paragraphs(words) {
    for (const text of words.trim().split("\n\n")) {
      const paragraph = add(this.words, "p");
      if (text.startsWith("This is a known mistake")) paragraph.className = "exercise-mistake";
      for (const line of text.split("\n")) {
        const kind = LINE.test(line) ? "code" : "span";
        add(paragraph, kind, "exercise-line", line.replace(IN_AN_INDEX, ",\u00a0"));
      }
    }
  }
}

// The learner's own list: what is solved has a tick. It can be saved as the file that the notebooks
// keep, and read from one.

import { add, button } from "./dom.js";
import { lasting } from "./storage.js";
import { NoList, namesIn, onTicks, save, solved, tick } from "./ticks.js";

export function mountProgress(place) {
  const bar = add(place, "div", "exercise-bar");
  const file = add(bar, "input", "", "", { type: "file", accept: ".json", hidden: "" });
  button(bar, "Save progress.json", save);
  button(bar, "Read a progress.json", () => file.click());
  const said = add(place, "p", "exercise-note", "", { role: "status" });
  if (!lasting) said.textContent = "This browser keeps no list: save it before you close the page.";
  file.addEventListener("change", async () => {
    said.textContent = await readFrom(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  });
  onTicks(() => mark(place));
}

function mark(place) {
  const done = solved();
  for (const line of place.querySelectorAll("[data-task]")) {
    const { task } = line.dataset;
    line.textContent = `${done.includes(task) ? "✓" : "·"} ${task}`;
  }
}

async function readFrom(file) {
  try {
    const names = namesIn(await file.text());
    tick(...names);
    return `${names.length} ${names.length === 1 ? "name was" : "names were"} read.`;
  } catch (error) {
    if (error instanceof NoList) return error.message;
    throw error;
  }
}

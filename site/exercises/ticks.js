// Which exercises are solved: a list of names, as in the progress.json of the notebooks.

import { add } from "./dom.js";
import { onOthersChange, read, write } from "./storage.js";

const FILE = "progress.json";
const A_WHILE = 60_000; // milliseconds, in which a browser has begun to save

export class NoList extends Error {}

// Read what such a file holds, as the notebooks do. Raises NoList.
export function namesIn(text) {
  let names;
  try {
    names = JSON.parse(text);
  } catch {
    names = null;
  }
  if (!Array.isArray(names)) throw new NoList(`This is no ${FILE}: it should be a list of names.`);
  return names.filter((name) => typeof name === "string");
}

export function solved() {
  try {
    return namesIn(read(FILE) ?? "[]");
  } catch {
    return []; // spoiled: the next exercise that is solved begins a new list
  }
}

// The same bytes as Python's json.dumps(names, indent=1).
const written = (names) => `${JSON.stringify(names, null, 1)}\n`;

const listeners = new Set();
const tell = () => {
  for (const act of listeners) act();
};
onOthersChange(FILE, tell);

// Call `act` now, and after each change of the list, in this tab or another.
export function onTicks(act) {
  listeners.add(act);
  act();
}

// Add names to the list. None is ever taken from it.
export function tick(...names) {
  write(FILE, written([...new Set([...solved(), ...names])]));
  tell();
}

export function save() {
  const link = add(document.body, "a");
  link.href = URL.createObjectURL(new Blob([written(solved())], { type: "application/json" }));
  link.download = FILE;
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), A_WHILE);
}

// What the browser keeps for this course. Where it keeps nothing, the page itself does, until it is
// closed.

const PREFIX = "softmax-course/";
const held = new Map();

// Whether what is kept here survives the page. Some browsers, or their private windows, keep
// nothing: there, even to ask raises.
export const lasting = (() => {
  try {
    localStorage.setItem(`${PREFIX}probe`, "");
    localStorage.removeItem(`${PREFIX}probe`);
    return true;
  } catch {
    return false;
  }
})();

export const read = (name) =>
  (lasting ? localStorage.getItem(PREFIX + name) : held.get(name)) ?? null;

// Return whether it is kept: a full storage refuses.
export function write(name, text) {
  if (!lasting) return !held.set(name, text);
  try {
    localStorage.setItem(PREFIX + name, text);
    return true;
  } catch {
    return false;
  }
}

export function forget(name) {
  if (lasting) localStorage.removeItem(PREFIX + name);
  held.delete(name);
}

// Call `act` after another tab has changed what is kept under this name.
export function onOthersChange(name, act) {
  window.addEventListener("storage", (event) => {
    if (event.key === PREFIX + name || event.key === null) act();
  });
}

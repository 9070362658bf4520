// For the projector: Alt + P shows one heading at a time, in larger type. Page Down and Page Up, which a
// presenter's remote sends too, go on and back; a heading longer than the screen is scrolled first.
const screens = [...document.querySelectorAll(".bd-article section")];
const root = document.documentElement;
let at = 0;

const on = () => root.classList.contains("projector");
const writes = (element) => element.closest("input, textarea, select, [contenteditable]");

// What stands under a heading belongs to it, and what is around it stays: the rest is elsewhere.
function belongs(element, here) {
  if (element.contains(here)) return true;
  return element.tagName !== "SECTION" && element.parentElement.closest("section") === here;
}

function show(n) {
  at = Math.max(0, Math.min(n, screens.length - 1));
  const here = screens[at];
  for (const element of document.querySelectorAll(".bd-article section > *, details.deeper > *"))
    element.classList.toggle("elsewhere", element.tagName !== "SUMMARY" && !belongs(element, here));
  for (let fold = here; fold; fold = fold.parentElement.closest("details.deeper")) fold.open = true;
}

// The heading that is being read: the last that begins above the middle of the window.
function in_sight() {
  const above = (screen) => screen.getBoundingClientRect().top < innerHeight / 2;
  return Math.max(0, screens.findLastIndex(above));
}

function start() {
  const here = in_sight();
  root.classList.add("projector");
  show(here);
  scrollTo(0, 0);
}

function stop() {
  root.classList.remove("projector");
  for (const element of document.querySelectorAll(".elsewhere"))
    element.classList.remove("elsewhere");
  screens[at].scrollIntoView();
}

function turn(event, by) {
  const bottom = scrollY + innerHeight >= root.scrollHeight - 2;
  if (by > 0 ? !bottom : scrollY > 2) return; // the browser scrolls
  event.preventDefault();
  show(at + by);
  scrollTo(0, 0);
}

addEventListener("keydown", (event) => {
  if (!screens.length || writes(event.target)) return;
  if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyP") {
    event.preventDefault();
    if (on()) stop();
    else start();
  } else if (on() && event.key === "Escape") stop();
  else if (on() && event.key === "PageDown") turn(event, 1);
  else if (on() && event.key === "PageUp") turn(event, -1);
});

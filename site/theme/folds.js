// Folds open by themselves where a reader would not see what they came for: on paper, behind a
// link, and around the words that a search has found.
const folds = () => document.querySelectorAll(".bd-article details");

function open_around(element) {
  for (let fold = element; fold; fold = fold.parentElement.closest("details")) {
    if (fold.tagName === "DETAILS") fold.open = true;
  }
}

function open_target() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  open_around(target);
  target.scrollIntoView();
}

let closed = [];
let theme = "light";

addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  closed = [...folds()].filter((fold) => !fold.open);
  for (const fold of closed) fold.open = true;
});

addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = theme;
  for (const fold of closed) fold.open = false;
});

// On a phone the list of headings lies over the page: it goes once a heading is chosen.
addEventListener("click", ({ target }) => {
  const link = target.closest?.('dialog[open] a[href^="#"]');
  link?.closest("dialog").close();
});

addEventListener("hashchange", open_target);
addEventListener("load", () => {
  for (const found of document.querySelectorAll(".highlighted")) open_around(found);
  if (location.hash) open_target();
});

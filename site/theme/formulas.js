// A formula that is wider than its box can be reached by the Tab key, and moved by the arrows.
const watch = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

for (const formula of document.querySelectorAll(".formula")) watch.observe(formula);

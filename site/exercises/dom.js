// Small things that the parts of an exercise share.

// Add an element to another, with its class, its text and its attributes.
export function add(parent, kind, className = "", text = "", attributes = {}) {
  const node = parent.appendChild(document.createElement(kind));
  if (className) node.className = className;
  node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function button(parent, text, act, attributes = {}) {
  const node = add(parent, "button", "exercise-button", text, { type: "button", ...attributes });
  node.addEventListener("click", act);
  return node;
}

// The browser's own slider, with its label and the number that it is given. (ipywidgets' sliders
// carry no name that a screen reader could say.)

function render({ model, el }) {
  const label = el.appendChild(document.createElement("label"));
  label.className = "softmax-slider";
  const name = label.appendChild(document.createElement("span"));
  const input = label.appendChild(document.createElement("input"));
  input.type = "range";
  const number = label.appendChild(document.createElement("output"));

  function paint() {
    name.textContent = model.get("label");
    for (const limit of ["min", "max", "step"]) input[limit] = model.get(limit);
    input.value = model.get("value");
    input.setAttribute("aria-valuetext", model.get("number"));
    number.textContent = model.get("number");
  }

  input.addEventListener("input", () => {
    model.set("value", Number(input.value));
    model.save_changes();
  });
  input.addEventListener("keydown", (event) => event.stopPropagation());

  const events = "change:value change:number change:label change:min change:max change:step";
  model.on(events, paint);
  paint();
  return () => model.off(events, paint);
}

export default { render };

// In a page: give each panel its twin, and let the panels' own scripts show it.

import "./page.css";
import kit from "../../../softmax_lib/panels/kit/scripts/panel.js";

export function mount(twins) {
  for (const place of document.querySelectorAll(".softmax-panel")) {
    const data = JSON.parse(place.querySelector("script").textContent);
    const live = document.createElement("div");
    kit.render({ model: modelOf(new twins[place.dataset.panel](data)), el: live });
    place.replaceChildren(live); // until now the first state stood here
  }
}

// What the scripts know of a twin: the model that anywidget would give them.
function modelOf(twin) {
  const hearing = {};
  let touched = {};
  return {
    get(key) {
      if (key === "tree") return twin.tree;
      const [part, name] = twin.at(key);
      return touched[key] ?? part[name];
    },
    set(key, value) {
      touched[key] = value;
    },
    save_changes() {
      const sent = touched;
      touched = {};
      for (const key of Object.keys(twin.touch(sent))) {
        for (const act of hearing[`change:${key}`] ?? []) act();
      }
    },
    on(event, act) {
      hearing[event] ??= new Set();
      hearing[event].add(act);
    },
    off: (event, act) => hearing[event]?.delete(act),
  };
}

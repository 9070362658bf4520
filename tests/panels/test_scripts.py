"""The scripts in a page without Jupyter, and in a shadow tree: so marimo shows an anywidget."""

from playwright.sync_api import expect

from softmax_lib.panels import jacobian_panel
from softmax_lib.panels.panel import script

RENDER = """async ([script, state]) => {
  const model = {
    get: (name) => state[name],
    set: (name, value) => (state[name] = value),
    save_changes: () => (document.title = JSON.stringify(state.part0_values)),
    on: () => {},
    off: () => {},
  };
  const file = new Blob([script], { type: "text/javascript" });
  const widget = await import(URL.createObjectURL(file));
  widget.default.render({ model, el: document.body.attachShadow({ mode: "open" }) });
}"""


def test_a_panel_needs_no_more_than_a_model_and_a_place(page):
    panel = jacobian_panel()
    state = {name: getattr(panel, name) for name in panel.keys if name[:4] in ("part", "tree")}
    page.evaluate(RENDER, [script(), state])
    expect(page.locator(".softmax-heatmap tbody td").first).to_have_text("+0.082")
    page.get_by_role("slider", name="S 2").press("Home")
    expect(page).to_have_title("[1,-6,3]")

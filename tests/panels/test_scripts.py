"""The scripts: as one file, that is fresh; in a page without Jupyter; and in a shadow tree."""

import json
import re
import shlex
import subprocess

from playwright.sync_api import expect
from support.needed import esbuild
from support.real_lab import ROOT

from softmax_lib.panels import jacobian_panel

KIT = ROOT / "softmax_lib/panels/kit"
BUNDLE = KIT / "bundle.js"
RENDER = """async ([script, { tree, state }]) => {
  const held = { tree, ...state };
  const model = {
    get: (name) => held[name],
    set: (name, value) => (held[name] = value),
    save_changes: () => (document.title = JSON.stringify(held.part0_values)),
    on: () => {},
    off: () => {},
  };
  const file = new Blob([script], { type: "text/javascript" });
  const widget = await import(URL.createObjectURL(file));
  widget.default.render({ model, el: document.body.attachShadow({ mode: "open" }) });
}"""


def test_the_bundle_is_what_the_bundler_makes_of_the_scripts(tmp_path):
    command = json.loads((ROOT / "package.json").read_text("utf-8"))["scripts"]["bundle"]
    made = tmp_path / "bundle.js"
    options = [*shlex.split(command)[1:], f"--outfile={made}", "--log-level=error"]
    subprocess.run([esbuild(), *options], cwd=ROOT, check=True)
    assert made.read_text("utf-8") == BUNDLE.read_text("utf-8"), "run: npm run bundle"


def test_no_script_takes_a_text_for_html_or_for_code():
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|Function\("
    for path in (BUNDLE, *(KIT / "scripts").glob("*.js"), *(ROOT / "site/panels").rglob("*.js")):
        assert not re.search(unsafe, path.read_text("utf-8")), path.name


def test_a_panel_needs_no_more_than_a_model_and_a_place(page):
    page.evaluate(RENDER, [BUNDLE.read_text("utf-8"), jacobian_panel().data()])
    expect(page.locator(".softmax-heatmap tbody td").first).to_have_text("+0.082")
    page.get_by_role("slider", name="S 2").press("Home")
    expect(page).to_have_title("[1,-6,3]")

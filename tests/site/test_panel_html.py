"""What stands in a page in the place of a panel, before any script has run."""

import json
import re

import numpy as np
import pytest
import site_bundler
from site_panels import made, panel_html

from softmax_lib import panels

INLINE = r'<script type="application/json">(.*?)</script>'


def inline(html):
    """Return what the twin of a panel in a page starts from."""
    (found,) = re.findall(INLINE, html, flags=re.S)
    return json.loads(found)


@pytest.mark.parametrize("name", panels.__all__)
def test_a_twin_starts_from_what_python_shows(name):
    described, data = inline(panel_html(name)), made(name).data()
    for what in ("tree", "state", "palette"):
        assert described[what] == json.loads(json.dumps(data[what]))


def test_the_options_are_those_of_the_panel():
    html = panel_html("jacobian_panel", scores=(0.0, 0.0), labels=["tea", "coffee"])
    assert "P: tea: 0.50, coffee: 0.50" in html
    assert "j = coffee" in html


def test_no_text_is_taken_for_html():
    name = '</script><i title="'
    html = panel_html("jacobian_panel", labels=[name, "y", "z"])
    assert html.count("</script>") == 1
    assert "<i " not in html
    assert inline(html)["state"]["part0_labels"][0] == name


def test_what_no_page_can_show_is_refused():
    with pytest.raises(ValueError, match=r"^jacobian must not be a function: no Python runs"):
        panel_html("jacobian_panel", jacobian=np.diag)
    with pytest.raises(ValueError, match=r"^name must be one of .*vjp_panel, not 'jacobian'"):
        panel_html("jacobian")
    with pytest.raises(ValueError, match=r"^scores must be 2 to 8 numbers"):
        panel_html("jacobian_panel", scores=[1.0])


def test_without_the_bundler_it_says_what_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(site_bundler, "ROOT", tmp_path)
    with pytest.raises(FileNotFoundError, match="^esbuild is missing: run `npm ci --ignore"):
        site_bundler.esbuild()

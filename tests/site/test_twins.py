"""Each panel's twin shows what Python's panel shows, after whatever was touched."""

import json

import numpy as np
import pytest
from site_panels import described_for_twin, made, twin_of
from support.twins import running

from softmax_lib import panels
from softmax_lib.panels.kit.groups import leaves
from softmax_lib.panels.kit.primitives import Bars, Button, Check, Curve, Heatmap, Slider

TOUCHES = 5000  # of each panel, shared out among its ways to be made
HEAD = np.random.default_rng(3).normal(size=(4, 5, 2))
SCORES = [
    {},
    {"scores": (0.0, 0.0), "labels": ["tea", "<b>coffee</b>"]},
    {"scores": np.linspace(-6, 6, 8)},
    {"scores": [1, 1, 1, 1]},
]


def of_head(times=1.0, **options):
    """Return the options that give a panel of attention other arrays than its lesson's."""
    return dict(zip(("Q", "K", "V", "dO"), times * HEAD, strict=True)) | options


WAYS = {  # in which each panel is made; the first is its lesson's
    "attention_panel": [{}, of_head(tokens=None), of_head(3, tokens=[*"abcde"])],
    "jacobian_panel": SCORES,
    "quotient_panel": [{}, {"x": -0.5, "between": (-2.0, 1.0)}, {"between": (0, 0.75), "x": 0}],
    "softmax_panel": [*SCORES, {"scores": (0, 0, 0), "colours": {"P": "teal"}}],
    "tiles_panel": [{}, {"block_q": 3, "block_k": 4, "backward": True}, of_head(colours="RdBu")],
    "two_cases_panel": SCORES,
    "vjp_panel": SCORES,
}


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Return what asks the twins, which run in Node as long as this file is tested."""
    names = [name for name in panels.__all__ if twin_of(name).exists()]
    with running(names, tmp_path_factory.mktemp("twins")) as ask:
        yield ask


@pytest.mark.parametrize("name", panels.__all__)
def test_each_panel_has_a_twin_that_fits_into_a_head(name):
    assert twin_of(name).exists(), "write it: CONTRIBUTING.md, A new panel"
    assert len(twin_of(name).read_text("utf-8").splitlines()) <= 90


@pytest.mark.slow
@pytest.mark.parametrize("name", panels.__all__)
def test_a_twin_shows_what_python_shows_whatever_is_touched(name, twins):
    ways = WAYS.get(name, [{}])
    for way, options in enumerate(ways):
        panel, rng = made(name, **options), np.random.default_rng(way)
        described = described_for_twin(made(name, **options))
        shown = json.loads(json.dumps(described["state"]))
        twins("start", [name, described])
        for _ in range(-(-TOUCHES // len(ways))):
            part, trait, value = touch(panel, rng)
            setattr(part, trait, value)
            shown |= twins("touch", {part.prefix + trait: value})
            assert not differences(shown, panel.data()["state"]), (options, part.prefix, value)


def touch(panel, rng):
    """Choose a control of a panel; return it, and the name and the new value of what is touched."""
    controls = [part for part in leaves(panel.root) if reachable(part)]
    part = controls[rng.integers(len(controls))]
    return part, *MOVES[type(part)](part, rng)


def reachable(part):
    """Say whether a reader can touch a part."""
    return type(part) in MOVES and getattr(part, "editable", getattr(part, "pickable", True))


def place(low, high, step, rng):
    """Choose a number that a control can come to: now and then one of its ends, or its middle."""
    steps = round((high - low) / step)
    at = rng.choice([0, steps, steps // 2, *rng.integers(steps + 1, size=6)])
    return min(high, max(low, low + float(at) * step))  # as `nearest` of touch.js


def drag_a_bar(bars, rng):
    values = list(bars.values)
    for at in rng.integers(len(values), size=rng.integers(1, 3)):
        values[at] = place(bars.low, bars.high, bars.step, rng)
    return "values", values


def pick_a_cell(heatmap, rng):
    return "picked", [int(rng.integers(len(side))) for side in (heatmap.rows, heatmap.columns)]


MOVES = {
    Bars: drag_a_bar,
    Button: lambda button, rng: ("presses", button.presses + 1),
    Check: lambda check, rng: ("value", not check.value),
    Curve: lambda curve, rng: ("value", place(curve.low, curve.high, curve.step, rng)),
    Heatmap: pick_a_cell,
    Slider: lambda slider, rng: ("value", place(slider.min, slider.max, slider.step, rng)),
}


def differences(twin, python):
    """List what a twin's state has otherwise: a text that is not equal, a number beyond 1e-12."""
    assert twin.keys() == python.keys()
    return [(key, twin[key], python[key]) for key in python if not alike(twin[key], python[key])]


def alike(a, b):
    """Say whether two values of a state mean the same."""
    if isinstance(b, list | tuple):
        return len(a) == len(b) and (a == b or all(map(alike, a, b)))
    if isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in b)
    if isinstance(b, float | int) and not isinstance(b, bool):
        return abs(a - b) <= 1e-12 * max(1.0, abs(b))
    return a == b


def test_what_is_compared_sees_one_digit_and_a_trillionth():
    state = {"part0_numbers": [["+0.25"]], "part0_values": [0.25], "part1_value": True}
    assert differences(state, state) == []
    others = {"part0_numbers": [["+0.26"]], "part0_values": [0.25 + 2e-12], "part1_value": False}
    assert [key for key, *_ in differences(state, others)] == [*state]

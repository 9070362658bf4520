"""The mathematics stands on NumPy and on itself, and is entered by one door."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from support.imports import LIBRARY, imports

import softmax_lib

PUBLIC = ("calculus", "losses", "flash", "layers", "loops", "numerical")
MATHEMATICS = ("_refuse", "_inputs", "_tiles", "_softmax", "_attention", *PUBLIC)


def test_importing_the_library_imports_numpy_alone():
    new = "import sys; old = set(sys.modules); import softmax_lib; print(*sys.modules.keys() - old)"
    out = subprocess.check_output([sys.executable, "-c", new], cwd=LIBRARY.parent, text=True)
    packages = {name.partition(".")[0] for name in out.split()} - sys.stdlib_module_names
    assert packages == {"numpy", "softmax_lib"}


@pytest.mark.parametrize("module", [*MATHEMATICS, "__init__", "data/__init__"])
def test_the_mathematics_stands_on_numpy_and_on_itself(module):
    own = {f"softmax_lib.{other}" for other in MATHEMATICS}
    others = {name for name in imports(module) if name.partition(".")[0] != "numpy"} - own
    assert others <= {"threadpoolctl"}  # the tiles, once threads are asked for


@pytest.mark.parametrize("module", ["loops", "numerical"])
def test_an_oracle_knows_nothing_of_what_it_judges(module):
    assert imports(module) <= {"numpy", "softmax_lib._refuse"}  # which computes nothing


def test_no_function_hides_a_module():
    modules = {module.name for module in pkgutil.iter_modules(softmax_lib.__path__)}
    assert not modules & set(softmax_lib.__all__)
    assert modules >= set(MATHEMATICS)


@pytest.mark.parametrize("name", [*PUBLIC, "data"])
def test_a_module_s_name_is_the_module(name):
    importlib.import_module(f"softmax_lib.{name}")
    assert inspect.ismodule(getattr(softmax_lib, name))


@pytest.mark.parametrize("name", sorted({*softmax_lib.__all__} - {*softmax_lib.LATER, "loops"}))
def test_every_function_at_the_door_shows_an_example(name):
    assert "Examples\n---" in inspect.getdoc(getattr(softmax_lib, name))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_can_be_had_from_the_door(name):
    module = importlib.import_module(f"softmax_lib.{name}")
    for function, f in inspect.getmembers(module, inspect.isfunction):
        if name != "loops" and not function.startswith("_") and f.__module__ == module.__name__:
            assert getattr(softmax_lib, function) is f

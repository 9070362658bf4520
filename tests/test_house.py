"""The library's rooms: arrows go down, none goes in a circle, and each file has one concern."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "softmax_lib"
FILES = {
    ".".join(("softmax_lib", *path.relative_to(LIBRARY).with_suffix("").parts)): path
    for path in sorted(LIBRARY.rglob("*.py"))
}
MODULES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}
PAGES = {path.stem: path for path in sorted((LIBRARY.parent / "site").glob("*.py"))}

# A room stands on those below it, and on no other.
BELOW = {
    "mathematics": set(),
    "yours": set(),
    "figures": {"mathematics"},
    "derivations": {"mathematics", "figures"},
    "exercises": {"mathematics", "figures", "yours"},
    "panels": {"mathematics", "figures", "yours"},
}


def room(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in BELOW else "mathematics"


def imported(node):
    """Yield the library's modules that an import statement reads."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("softmax_lib"):
        for alias in node.names:
            deeper = f"{node.module}.{alias.name}"
            yield deeper if deeper in MODULES else node.module


def imports(module, nested):
    """Return what a module imports of the library: when it is read, or in its functions too."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    nodes = ast.walk(tree) if nested else tree.body
    return {name for node in nodes for name in imported(node)}


@pytest.mark.parametrize("module", MODULES)
def test_arrows_go_down(module):
    rooms = {room(other) for other in imports(module, nested=True)}
    assert rooms - {room(module)} <= BELOW[room(module)]


ROOMS = [module for module in MODULES if room(module) != "mathematics"]


@pytest.mark.parametrize("module", ROOMS)
def test_a_room_has_the_mathematics_from_the_door_or_from_numerical(module):
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    read = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} & {*MODULES}
    mathematics = {other for other in read if room(other) == "mathematics"}
    assert mathematics <= {"softmax_lib", "softmax_lib.numerical"}


def test_no_module_is_read_in_a_circle():
    graph = {module: imports(module, nested=True) - {module} for module in MODULES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize("module", MODULES | PAGES)
def test_a_file_fits_into_a_head(module):
    assert len((MODULES | PAGES)[module].read_text("utf-8").splitlines()) <= 350


@pytest.mark.parametrize("module", MODULES | PAGES)
def test_no_function_body_is_longer_than_thirty_lines(module):
    for node in ast.walk(ast.parse((MODULES | PAGES)[module].read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            first, *_ = node.body
            starts = first.end_lineno if ast.get_docstring(node) else first.lineno - 1
            assert node.end_lineno - starts <= 30, node.name

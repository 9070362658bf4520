"""What a module of the library imports, read from its text."""

import ast
import sys
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "softmax_lib"


def imports(module):
    """Return what a module of the library imports, anywhere in it: softmax_lib's and others'."""
    names = set()
    for node in ast.walk(ast.parse((LIBRARY / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            whole = node.module == "softmax_lib"
            names |= {f"softmax_lib.{a.name}" for a in node.names} if whole else {node.module}
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}

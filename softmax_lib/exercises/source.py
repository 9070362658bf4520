"""The learner's own source: the expression that failed, and what its parts are worth."""

import ast
import linecache

import numpy as np

# Evaluated a second time, these change nothing: an expression with anything else is left alone.
PURE = (ast.Expression, ast.Name, ast.Load, ast.Attribute, ast.Subscript, ast.Slice, ast.Constant)
PURE += (
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.Tuple,
    ast.List,
    ast.Call,
    ast.keyword,
)
METHODS = {"T", "mT", "sum", "max", "min", "mean", "exp", "log", "reshape", "transpose", "swapaxes"}
METHODS |= {"dot", "outer", "diag", "eye", "zeros", "ones", "identity", "full", "sqrt", "square"}
METHODS |= {
    "array",
    "asarray",
    "astype",
    "float64",
    "arange",
    "linspace",
    "zeros_like",
    "ones_like",
}
METHODS |= {"power", "exp2", "log2", "log10", "abs", "maximum", "where", "len", "float", "copy"}


def lines_of(file):
    return "".join(linecache.getlines(file))


def node_at(frame, instruction):
    """Return the syntax node that a frame was running at an instruction, or None."""
    code = frame.f_code
    line, end, column, last = list(code.co_positions())[instruction // 2]
    for node in nodes(code.co_filename):
        if (
            isinstance(node, ast.expr | ast.stmt)
            and (node.lineno, node.end_lineno) == (line, end)
            and (node.col_offset, node.end_col_offset) == (column, last)
        ):
            return node
    return None


def nodes(file):
    """List the syntax nodes of a file or cell; none if it is not plain Python."""
    try:
        return list(ast.walk(ast.parse(lines_of(file))))
    except SyntaxError:
        return []


def text(node):
    return ast.unparse(node)


def worth(node, frame):
    """Return the value of an expression in a frame, or None if it cannot be had without harm."""
    if not all(map(harmless, ast.walk(node))):
        return None
    try:
        with np.errstate(all="ignore"):
            code = compile(ast.Expression(node), "<expression>", "eval")
            return eval(code, frame.f_globals, dict(frame.f_locals))
    except Exception:
        return None


def harmless(node):
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        return name in METHODS
    return isinstance(node, PURE)

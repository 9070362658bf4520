"""What an error of NumPy's means in the course's letters, and what to do about it.

NumPy's own line is kept; one line is added where the error and the learner's expression allow it.
"""

import ast
import re

import numpy as np

from softmax_lib import yours
from softmax_lib.exercises import source

ONE_YES_OR_NO = (
    "`if`, `and` and Python's own max() want one yes or no, and an array has one for each entry: "
    "np.where chooses, np.maximum compares, S.max(axis=-1) searches, entry by entry."
)
PYTORCH = "NumPy says axis= and keepdims= where PyTorch says dim= and keepdim=."


def explained(did, answer):
    """Return a line about the error that an answer raised, or None."""
    trace = yours.last_trace(did.error, answer)
    frame = trace and trace.tb_frame
    node = trace and source.node_at(frame, trace.tb_lasti)
    for words, explain in RULES:
        if found := re.search(words, did.told):
            return explain(found, frame, node)
    return None


def operands(frame, node):
    """Return (text, shape) of each of the two arrays that an expression combines, or nothing."""
    if isinstance(node, ast.BinOp):
        sides = node.left, node.right
    elif isinstance(node, ast.AugAssign):
        sides = node.target, node.value
    elif isinstance(node, ast.Call) and len(node.args) == 2:
        sides = node.args
    else:
        return ()
    if any(isinstance(side, ast.Starred) for side in sides):
        return ()
    values = [source.worth(as_value(side), frame) for side in sides]
    if any(value is None for value in values):
        return ()
    return tuple((source.text(side), np.shape(v)) for side, v in zip(sides, values, strict=True))


def as_value(node):
    """Read what `-=` writes to."""
    return ast.parse(source.text(node), mode="eval").body


def product(_, frame, node):
    pair = operands(frame, node)
    if len(pair) != 2 or not all(shape for _, shape in pair):
        return (
            "In A @ B the columns of A meet the rows of B: which of the two has to be transposed?"
        )
    (a, A), (b, B) = pair
    said = f"{source.text(node)}: {a} is {A}, {b} is {B}"
    for name, shape in pair:
        if name.endswith(".T") and len(shape) > 2:
            return f"{said}; `.T` turns all axes round, `.mT` the last two alone."
    if "transpose(" in a + b:
        return f"{said}. In NumPy transpose() lists all axes, or none: `.mT` turns the last two."
    if A == B and A[-1] == 1:
        return f"{said}: a column @ a row is the table of all products. Which must be the row?"
    if A == B:
        return (
            f"{said}: `@` is a product of matrices, `*` one entry by entry, and a sum over each "
            "row is (A * B).sum(-1, keepdims=True)."
        )
    if A[-1] == B[-2 if len(B) > 1 else -1]:
        return f"{said}; the axes in front differ."
    if A[-2:][0] == B[-2:][0] or A[-1] == B[-1]:  # then one transpose makes them meet
        return f"{said}; the inner sizes differ: which of them has to be transposed?"
    return f"{said}; the inner sizes differ, turned or not: is one whole, and the other a part?"


def broadcast(_, frame, node):
    pair = operands(frame, node)
    if len(pair) != 2:
        return "NumPy lines shapes up from the last axis, and there two sizes differ: print both."
    (a, A), (b, B) = pair
    said = f"{a} is {A}, {b} is {B}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return (
            f"{said}: `@` takes the last two axes; those in front, {A[:-2]} and {B[:-2]}, differ."
        )
    if "kron" in a + b:
        return f"{said}: np.kron of two rows is one long row, np.outer is their table."
    if "target" in (a, b):
        return f"{said}: target holds places, one for each row; P[np.arange(B), target] picks them."
    for long, short in ((A, B), (B, A)):
        if short == long[:-1]:
            return (
                f"{said}: one number for each row must stand in a column, {(*short, 1)}, to meet "
                "its own row. keepdims=True keeps that axis, [..., None] puts it back."
            )
    return f"{said}: shapes are lined up from the last axis, and there two sizes differ."


def axis(found, frame, node):
    number, dimensions = found[1], int(found[2])
    came = {0: "one number", 1: "a single row"}.get(dimensions, f"an array of {dimensions} axes")
    fits = {"1": "a matrix", "2": "a batch of matrices"}.get(number.lstrip("-"), "more axes")
    fits = "a matrix" if number == "-2" else fits
    return f"axis={number} fits {fits}; here {came} came: the last axis is axis=-1, whatever comes."


def one_number(_, frame, node):
    name = source.text(node.func) if isinstance(node, ast.Call) else "it"
    said = f"`{name}` takes one number, and an array came"
    whole = name.removeprefix("math.")
    return f"{said}: `np.{whole}` takes a whole array." if hasattr(np, whole) else f"{said}."


def unpacked(found, frame, node):
    return (
        "A shape has as many sizes as the array has axes, and the exercise's inputs differ in "
        "that: shape[-1] is the last size, whatever comes in front."
    )


def attribute(found, frame, node):
    name = found[1]
    if hasattr(np, name):
        return f"In NumPy it is np.{name}(…), not a method of the array."
    return f"NumPy's arrays have no {name}: is it PyTorch's?"


def index(found, frame, node):
    place, axis, size = found.groups()
    said = f"Axis {axis} has the places 0 to {int(size) - 1}, and {place} was asked for"
    if node and "[target" in source.text(node):
        return f"{said}: P[target] takes whole rows, P[np.arange(B), target] one entry of each."
    if place == size:
        return f"{said}: is it counted from 1, or written for another length?"
    return f"{said}: is it meant for another axis, or written for another length?"


def read_only(_, frame, node):
    return (
        "What diagonal() and np.broadcast_to return is a view that cannot be written to: "
        "np.fill_diagonal writes into a matrix of your own, J[np.diag_indices(N)] names the places."
    )


def says(line):
    return lambda found, frame, node: line


RULES = (
    (r"matmul: .*|shapes .* not aligned|dot: ", product),
    (r"operands could not be broadcast together", broadcast),
    (r"AxisError: axis (-?\d+) is out of bounds for array of dimension (\d+)", axis),
    (
        r"ufunc 'bitwise_xor'|unsupported operand type\(s\) for \^",
        says("`^` is no power: write **."),
    ),
    (r"only (?:0-dimensional|length-1|size-1) arrays can be converted", one_number),
    (r"truth value of an array", says(ONE_YES_OR_NO)),
    (r"index (\d+) is out of bounds for axis (\d+) with size (\d+)", index),
    (r"(?:not enough|too many) values to unpack", unpacked),
    (r"too many indices for array", unpacked),
    (r"unexpected keyword argument 'keepdim'|unexpected keyword argument 'dim'", says(PYTORCH)),
    (r"'numpy\.\w+' object has no attribute '(\w+)'", attribute),
    (r"read-only", read_only),
    (
        r"Cannot cast ufunc",
        says("`-=` and `out=` keep the dtype of what stands there: S = S - … makes a new array."),
    ),
    (
        r"'float' object cannot be interpreted as an integer",
        says("`/` gives a float, `//` a whole number: a size is whole."),
    ),
    (
        r"axes don't match array",
        says("transpose() lists all axes, or none: swapaxes(-1, -2) and `.mT` turn the last two."),
    ),
    (
        r"could not broadcast input array from shape",
        says("What is written into a part of an array must have the shape of that part."),
    ),
)

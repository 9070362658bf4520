"""Make training_curve.npz: lesson 08's training, with the way back left to PyTorch's autograd.

pip install --editable .[lab] torch==2.13.0
python assets/make_training_curve.py

The lesson's own cells give the digits, the random start and the batches; the network is written
here once more, and its gradients are autograd's. The package's file was made with these versions
and NumPy 2.4.6; tests/notebooks/test_train_by_hand.py makes the curve again where PyTorch is
installed.
"""

from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import torch
from torch.nn.functional import cross_entropy, scaled_dot_product_attention

FILE = Path(__file__).parents[1] / "softmax_lib/data/training_curve.npz"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LAST = "def train("  # the cell after which the lesson has all that a training needs


def lesson():
    """Run the lesson's cells up to its training; return what they have defined."""
    notebook = nbformat.read(NOTEBOOKS / "08_train_by_hand.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    (last,) = [n for n, source in enumerate(cells) if source.startswith(LAST)]
    names = {"display": print}
    for source in cells[: last + 1]:
        exec(source, names)
    return SimpleNamespace(**names)


def rms_norm(H):
    return H / H.square().mean(-1, keepdim=True).sqrt()


def loss(W, X, y, heads):
    """The lesson's network, forward only."""
    H = X @ W["E"] + W["R"]
    U = rms_norm(H)
    Q, K, V = ((U @ W[x]).unflatten(-1, (heads, -1)).transpose(-2, -3) for x in "QKV")
    O = scaled_dot_product_attention(Q, K, V)
    H = H + O.transpose(-2, -3).flatten(-2) @ W["O"]
    return cross_entropy(rms_norm(H).mean(-2) @ W["C"], y)


def curve(lesson):
    """Train as the lesson does, from its start and through its batches; return the losses."""
    torch.set_num_threads(1)  # threads that wait for one another cost more than they save here
    W = {x: torch.tensor(w, requires_grad=True) for x, w in lesson.start.items()}
    descent = torch.optim.SGD(W.values(), lr=0.1, momentum=0.9)
    losses = []
    for batch in lesson.batches:
        descent.zero_grad()
        phi = loss(W, torch.tensor(lesson.X[batch]), torch.tensor(lesson.y[batch]), lesson.HEADS)
        phi.backward()
        descent.step()
        losses.append(phi.item())
    return np.array(losses)


def main():
    """Write the file into the package."""
    np.savez_compressed(
        FILE,
        losses=curve(lesson()),
        made_with=np.array(f"torch {torch.__version__}, numpy {np.__version__}"),
        script=np.array("assets/make_training_curve.py"),
    )


if __name__ == "__main__":
    main()

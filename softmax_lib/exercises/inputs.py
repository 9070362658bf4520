"""What exercises draw their inputs from. Each has a seed of its own: its name."""

import numpy as np

from softmax_lib import loops
from softmax_lib.exercises.attempt import case


class Draw:
    """Random arrays for one exercise: another exercise, or a new one, changes none of them."""

    def __init__(self, task):
        self.rng = np.random.default_rng(list(task.encode()))

    def normal(self, *shape, dtype=np.float64):
        return self.rng.normal(size=shape).astype(dtype)

    def probabilities(self, *shape, dtype=np.float64):
        """Rows that add up to one, none of whose entries is small."""
        E = np.exp(self.rng.normal(size=shape))
        return (E / E.sum(-1, keepdims=True)).astype(dtype)


THREE = np.array([1.0, 2.0, 3.0])
P_THREE = loops.softmax(THREE[None])[0]
FAR = np.array([[2000.0], [-2000.0], [0.0]])  # rows that lie far from each other
NARROW = (np.float32, np.float16)
TRIANGLE = np.tri(4, dtype=bool)
HOLES = np.array([[1, 1, 0, 1, 0], [0, 0, 0, 0, 0], [0, 1, 1, 1, 1]], dtype=bool)


def scores(draw):
    """Yield what softmax and its logarithm are tried on."""
    yield case("the three scores 1, 2, 3", S=THREE)
    yield case("a matrix of scores, (2, 4)", S=draw.normal(2, 4))
    yield case("a square matrix of scores, (4, 4)", S=draw.normal(4, 4))
    yield case("a batch of matrices, (2, 3, 4)", S=draw.normal(2, 3, 4))
    for dtype in NARROW:
        yield case(f"{dtype.__name__} scores", S=draw.normal(3, 5, dtype=dtype))
    yield case("integer scores", S=np.array([[1, 2, 3], [0, 5, 0]]))
    yield case("scores of ±800", S=np.array([[800.0, 799.0, -800.0]]), extreme=True)
    yield case("scores below -800", S=np.array([[-800.0, -801.0, -900.0]]), extreme=True)
    apart = np.array([[-800.0, 800.0, -800.0]])
    yield case("scores 1600 apart in one row", S=apart, extreme=True)
    yield case("rows that are 2000 apart", S=draw.normal(3, 4) + FAR, extreme=True)
    nan = np.array([[1.0, np.nan], [0.0, 1.0]])
    yield case("a row that holds NaN", S=nan, extreme=True)
    yield case("uint8 scores", S=np.array([[0, 1, 2]], dtype=np.uint8), beyond=True)


def attention_letters(draw, N_q, N_k, d, d_v, *, dtype=np.float64, size=1):
    """Return Q, K and V of these shapes; `size` makes the scores large."""
    Q, K, V = (draw.normal(N, n, dtype=dtype) for N, n in ((N_q, d), (N_k, d), (N_k, d_v)))
    return {"Q": dtype(size) * Q, "K": K, "V": V}


def high_scores(letters, by=60):
    """Lift all scores of an attention far above 800 alike: its probabilities stay what they are."""
    Q, K = letters["Q"].copy(), letters["K"].copy()
    Q[:, 0] = K[:, 0] = by
    return letters | {"Q": Q, "K": K}


def hidden_giant(letters, key):
    """Make one key's scores about 1000 larger than all others: a mask has to hide it."""
    Q, K = letters["Q"].copy(), letters["K"].copy()
    Q[:, 0], K[:, 0], K[key, 0] = 60, 0, 60
    return letters | {"Q": Q, "K": K}


def forward(Q, K, V, *, scale, **rules):
    """Return O, P and L of an attention in the dtype of Q, by the loops."""
    dtype = Q.dtype
    Q, K, V = (a.astype(np.float64) for a in (Q, K, V))
    O, P = loops.attention(Q, K, V, scale=scale, **rules)
    seen = P > 0
    L = np.full(len(Q), -np.inf)
    for i in np.flatnonzero(seen.any(-1)):
        L[i] = loops.logsumexp([scale * K[seen[i]] @ Q[i]])[0]
    return (a.astype(dtype) for a in (O, P, L))

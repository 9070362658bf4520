"""The tiles of attention: which there are, the scores of one, and who computes them.

Letters, shapes and the names of tiles, h, i and j, are those of flash.py.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial

import numpy as np

from softmax_lib._refuse import count


class Scores:
    """S = scale · Q Kᵀ + bias, -inf where attention is not allowed: a matrix that is never stored.

    S[h, i, j] computes one tile of it. With softcap, softcap · tanh(S / softcap) comes first.
    """

    def __init__(self, Q, K, scale, causal, mask, bias, block_q, block_k, softcap=None):
        self.Q, self.K, self.scale, self.mask, self.bias = Q, K, scale, mask, bias
        self.scores = scores if softcap is None else partial(scores, softcap=softcap)
        self.block_q, self.block_k = count(block_q=block_q), count(block_k=block_k)
        self.N_q, self.N_k = Q.shape[-2], K.shape[-2]
        # Query i sees key k if k ≤ i + diagonal; without causality the last key is below it too.
        self.diagonal = self.N_k - self.N_q if causal else self.N_k

    def __getitem__(self, tile):
        h, i, j = tile
        mask, bias = part(self.mask, tile), part(self.bias, tile)
        queries, keys = i.stop - i.start, j.stop - j.start
        diagonal = self.diagonal + i.start - j.start  # counted from the tile's own corner
        allowed = may_attend(queries, keys, None if diagonal >= keys - 1 else diagonal, mask)
        return self.scores(self.Q[*h, i], self.K[*h, j], self.scale, allowed, bias)

    def heads(self):
        """List the combinations of the leading dimensions: [()] if there are none."""
        return list(np.ndindex(self.Q.shape[:-2]))

    def query_tiles(self, j=None):
        """Cut the queries into slices: all, or only those that causality lets see a key of j."""
        first = 0 if j is None else max(0, j.start - self.diagonal)
        return tiles(first, self.N_q, self.block_q)

    def key_tiles(self, i=None):
        """Cut the keys into slices: all, or only those that causality shows to a query of i."""
        stop = self.N_k if i is None else min(self.N_k, i.stop + self.diagonal)
        return tiles(0, stop, self.block_k)


def may_attend(N_q, N_k, diagonal=None, mask=None):
    """Return where attention is allowed: k ≤ i + diagonal, and the mask. None is everywhere."""
    if diagonal is None:
        return mask
    causal = np.tri(N_q, N_k, diagonal, dtype=bool)
    return causal if mask is None else causal & mask


def scores(Q, K, scale, allowed=None, bias=None, softcap=None):
    """S = scale · Q Kᵀ, capped, + bias, and -inf where attention is not allowed."""
    S = scale * Q @ K.mT  # (…, N_q, N_k)
    if softcap is not None:
        S = softcap * np.tanh(S / softcap)
    if bias is not None:
        S += bias
    if allowed is not None:
        np.copyto(S, -np.inf, where=~allowed)
    return S


def part(a, tile):
    """Return the tile of an array of the scores' shape, if there is one."""
    h, i, j = tile
    return None if a is None else a[*h, i, j]


def tiles(start, stop, block):
    """Cut range(start, stop) into slices of at most `block`."""
    return [slice(a, min(a + block, stop)) for a in range(start, stop, block)]


@contextmanager
def workers(threads):
    """Yield a map: Python's own, or one that runs in threads, with one BLAS thread for each."""
    if threads is None:
        yield map
        return
    threads = count(threads=threads)
    with one_blas_thread(threads):
        if threads == 1:  # a browser cannot start any
            yield map
            return
        with ThreadPoolExecutor(threads) as pool:
            yield partial(in_order, pool, 2 * threads)


def one_blas_thread(threads):
    """Return a context in which BLAS has one thread; one thread alone can do without it."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        if threads == 1:
            return nullcontext()
        raise ImportError("threads= needs threadpoolctl: pip install threadpoolctl") from error
    return threadpool_limits(1, user_api="blas")


def in_order(pool, most, f, items):
    """Map in a pool of threads: answers in the order of the items, and at most so many waiting."""
    waiting = deque()
    for item in items:
        waiting.append(pool.submit(f, item))
        if len(waiting) == most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()

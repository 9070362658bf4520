"""The dtypes and the functions of softmax's family, to try every test on."""

import numpy as np
import pytest

from softmax_lib import log_softmax, logsumexp, softmax, softmax_jvp, softmax_vjp

FLOATS = [np.float16, np.float32, np.float64]
floats = pytest.mark.parametrize("dtype", FLOATS)
of_scores = pytest.mark.parametrize("f", [softmax, log_softmax, logsumexp])
of_gradients = pytest.mark.parametrize("f", [softmax_vjp, softmax_jvp])

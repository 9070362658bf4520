"""Make digits.npz: 1,797 handwritten digits, eight by eight pixels each.

pip install numpy
pip install --no-deps scikit-learn==1.9.1
python assets/make_digits.py

The images are the test set of the UCI repository's "Optical Recognition of Handwritten Digits", as
scikit-learn's package carries it. Nothing of scikit-learn is run: the script reads the one file.
"""

import gzip
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import numpy as np

FILE = Path(__file__).parents[1] / "softmax_lib/data/digits.npz"
CONTENT = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
DESCRIPTION = {
    "source": "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine "
    "Learning Repository, 1998, doi:10.24432/C50P49: its test set, by way of scikit-learn 1.9.1",
    "licence": "CC BY 4.0",
    "script": "assets/make_digits.py",
}


def main():
    """Write the file into the package."""
    (package,) = find_spec("sklearn").submodule_search_locations
    lines = gzip.decompress((Path(package) / "datasets/data/digits.csv.gz").read_bytes())
    if (found := sha256(lines).hexdigest()) != CONTENT:
        raise ValueError(f"expected a table with sha256 {CONTENT}, got {found}")
    table = np.loadtxt(lines.decode().splitlines(), delimiter=",").astype(np.uint8)  # (1797, 65)
    np.savez_compressed(
        FILE,
        images=table[:, :64].reshape(-1, 8, 8),
        labels=table[:, 64],
        **{name: np.array(value) for name, value in DESCRIPTION.items()},
    )


if __name__ == "__main__":
    main()

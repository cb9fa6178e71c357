"""Train the network that judges spans: ``python -m bench.train_network [--write]`` (extra ``[train]``, PyTorch; about ten minutes on a core).

The network is ``kg/extract/network.py``'s; its weights are rounded to whole steps and written as int16.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bench.train import TYPES, Case, text_paths
from kg.domain import load_domain
from kg.domain.network import SCALE, Network
from kg.extract.network import MOST_CHARS, MOST_WORDS, place_features, word_features
from kg.extract.spans import Vocabulary

WIDTH, LAYER, JOINT, LAST = 48, 64, 64, 48
DILATIONS = (1, 2)
#: Share of the spans without a name that each step looks at; they weigh the more for it.
SHARE = 0.3
#: Chance that a feature of a word is hidden in a step, so that unknown words are met in training too.
HIDDEN = 0.15
DROPOUT = 0.35
FEWEST = 3


class Net(nn.Module):
    """Compute what :class:`kg.extract.network.Judge` computes, with gradients."""

    def __init__(self, features, known):
        super().__init__()
        self.none = features
        self.embedding = nn.EmbeddingBag(features + 1, WIDTH, mode="sum", padding_idx=features)
        nn.init.normal_(self.embedding.weight, 0, 0.15)
        self.input = nn.Linear(WIDTH, LAYER)
        self.convolutions = nn.ModuleList([nn.Conv1d(LAYER, LAYER, 3, padding=gap, dilation=gap) for gap in DILATIONS])
        self.start, self.end, self.inside = (nn.Linear(2 * LAYER, JOINT) for _ in range(3))
        self.words, self.chars = nn.Embedding(MOST_WORDS + 1, JOINT), nn.Embedding(MOST_CHARS + 1, JOINT)
        self.exact = nn.Embedding(known, JOINT)
        self.hidden, self.out, self.both = nn.Linear(JOINT, LAST), nn.Linear(LAST, len(TYPES)), nn.Linear(JOINT, len(TYPES))
        self.out.bias.data.fill_(-3)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, ids, spans, chars, exact):
        alone = near = functional.relu(self.input(self.dropout(self.embedding(ids))))
        for convolution in self.convolutions:
            near = near + functional.relu(convolution(self.dropout(near).T[None])[0].T)
        words = self.dropout(torch.cat([alone, near], 1))
        first, last = spans[:, 0], spans[:, 1]
        start, end, inside = self.start(words), self.end(words), self.inside(words)
        sums = torch.cat([torch.zeros(1, JOINT), torch.cumsum(inside, 0)])
        mean = (sums[last + 1] - sums[first]) / (last - first + 1)[:, None]
        size = self.words(torch.clamp(last - first, max=MOST_WORDS)) + self.chars(chars) + self.exact(exact)
        hidden = functional.relu(self.hidden(functional.relu(start[first] + end[last] + mean + size)))
        return self.out(hidden) + self.both(start[first] * end[last])


class Prepared:
    """Hold one text's spans and labels, and each word's features by name."""

    def __init__(self, case):
        lattice = case.lattice
        self.name = case.name
        self.rows = [
            [*word_features(word), *(f for group in place_features(lattice, i) for f in group)] for i, word in enumerate(lattice.words)
        ]
        self.spans = torch.tensor(np.array(case.spans, dtype=np.int64).reshape(-1, 2))
        starts = lattice.tokens.starts
        self.chars = torch.tensor([min(starts[j + 1] - starts[i], MOST_CHARS) for i, j in case.spans])
        self.exact = [lattice.exact.get(span, "") for span in case.spans]
        self.labels = torch.tensor(np.stack(case.labels, 1)).float()

    def tensors(self, features, known):
        ids = torch.full((len(self.rows), max(map(len, self.rows), default=1)), len(features))
        for i, row in enumerate(self.rows):
            found = [features[f] for f in row if f in features]
            ids[i, : len(found)] = torch.tensor(found, dtype=torch.long)
        return ids, self.spans, self.chars, torch.tensor([known.get(name, 0) for name in self.exact]), self.labels


def train(texts, *, rounds=14, rate=2e-3, weight=1.5, seed=0):
    """Return the network trained on prepared texts."""
    torch.manual_seed(seed)
    chooser = random.Random(seed)  # noqa: S311 - the order of training, not a secret
    torch.set_num_threads(1)
    counts = Counter(f for text in texts for row in text.rows for f in set(row))
    features = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= FEWEST))}
    known = {name: i for i, name in enumerate(sorted({"", *(name for text in texts for name in text.exact)}))}
    held = [tensors for tensors in (text.tensors(features, known) for text in texts) if len(tensors[1])]
    net = Net(len(features), len(known))
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=rounds * len(held), pct_start=0.1)
    positive = torch.full((len(TYPES),), weight)
    for _ in range(rounds):
        net.train()
        chooser.shuffle(held)
        for ids, spans, chars, exact, labels in held:
            named = labels.sum(1) > 0
            chosen = (named | (torch.rand(len(labels)) < SHARE)).nonzero()[:, 0]
            shown = torch.where(torch.rand(ids.shape) < HIDDEN, torch.full_like(ids, net.none), ids)
            logits = net(shown, spans[chosen], chars[chosen], exact[chosen])
            share = torch.where(named[chosen], 1.0, 1 / SHARE)[:, None]
            loss = functional.binary_cross_entropy_with_logits(
                logits, labels[chosen], weight=share, pos_weight=positive, reduction="sum"
            ) / (labels.sum() + 20)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return net.eval(), features, known


def arrays(net, features, known):
    """Return the network's arrays in whole steps, as the file holds them."""

    def steps(tensor):
        return np.clip(np.rint(tensor.detach().double().numpy() * SCALE), -32768, 32767).astype(np.int16)

    def linear(layer):
        return np.concatenate([steps(layer.weight.T), steps(layer.bias[None])])

    out = {"embedding": steps(net.embedding.weight[:-1]), "dilations": np.array(DILATIONS, dtype=np.int16)}
    out |= {name: linear(getattr(net, name)) for name in ("input", "start", "end", "inside", "hidden", "out", "both")}
    out |= {name: steps(getattr(net, name).weight) for name in ("words", "chars", "exact")}
    for n, layer in enumerate(net.convolutions):
        weight = layer.weight.permute(2, 1, 0).reshape(3 * LAYER, LAYER)
        out[f"convolution{n}"] = np.concatenate([steps(weight), steps(layer.bias[None])])
    for name, listed in (("features", features), ("known", known)):
        out[name] = np.frombuffer("\n".join(sorted(listed, key=listed.get)).encode(), dtype=np.uint8)
    return out


def as_network(held):
    """Return the network as the package loads it."""
    held = dict(held)
    features, known = (held.pop(name).tobytes().decode().split("\n") for name in ("features", "known"))
    embedding, dilations = held.pop("embedding"), tuple(map(int, held.pop("dilations")))
    layers = {name: array.astype(np.float64) / SCALE for name, array in held.items()}
    return Network({f: i for i, f in enumerate(features)}, {f: i for i, f in enumerate(known)}, embedding, layers, dilations)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--write", action="store_true")
    ap.add_argument("--skip", default="d023,d031,d047,d081,d084")
    args = ap.parse_args()
    domain = load_domain()
    vocabulary = Vocabulary(domain.patterns("words").words)
    texts = [Prepared(Case(path, domain, vocabulary)) for path in text_paths(tuple(filter(None, args.skip.split(","))))]
    held = arrays(*train(texts))
    print(f"{len(texts)} texts, {len(held['embedding'])} features")
    if args.write:
        path = domain.field / "models" / "network.npz"
        np.savez_compressed(path, **{name: held[name] for name in sorted(held)})
        print("wrote", path.stat().st_size)


if __name__ == "__main__":
    main()

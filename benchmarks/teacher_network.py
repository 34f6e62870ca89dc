"""A small convolutional network over word vectors, the part of the teacher that needs PyTorch.

References
----------
Kim (2014), "Convolutional Neural Networks for Sentence Classification", EMNLP; Loshchilov and Hutter (2019),
"Decoupled Weight Decay Regularization", ICLR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from benchmarks.word_vectors import FIRST, PADDING, UNKNOWN, Vectors, Words

_WIDTHS = (1, 2, 3, 5)  # words a filter sees
_FILTERS, _HIDDEN = 128, 160
_NORM = 3.0  # of every word vector at the start
_LONGEST, _SHORTEST = 220, 5  # words of a text that are read; positions that the filters need
_BATCH, _RATE, _DECAY, _WARM_UP = 64, 1.5e-3, 1e-3, 200
_WORD_DROPOUT = 0.1
_BUCKET = 40  # batches sorted by length together, so that little is padded
Logits = NDArray[np.float32]


class Network(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Word vectors, filters of four widths, one wider layer over them; what is highest anywhere decides."""

    def __init__(self, vectors: Vectors, n_labels: int) -> None:
        super().__init__()
        n_words, dimensions = vectors.shape
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.embedding = nn.Embedding(n_words + FIRST, dimensions, padding_idx=PADDING)
        self.embedding.weight.data[UNKNOWN] = 0
        self.embedding.weight.data[FIRST:] = torch.from_numpy(vectors / np.maximum(norms, 1e-12) * _NORM)
        self.projection = nn.Linear(dimensions, _FILTERS)
        self.filters = nn.ModuleList(nn.Conv1d(_FILTERS, _FILTERS, width, padding=width // 2) for width in _WIDTHS)
        self.joined = nn.Conv1d(_FILTERS * len(_WIDTHS), _FILTERS, 1)
        self.wider = nn.Conv1d(_FILTERS, _FILTERS, 3, padding=2, dilation=2)
        self.hidden = nn.Linear(_FILTERS * len(_WIDTHS) + 2 * _FILTERS, _HIDDEN)
        self.output = nn.Linear(_HIDDEN, n_labels)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the logit of each label; shape (n_texts, n_labels) for `ids` of shape (n_texts, n_words)."""

        def drop(values: torch.Tensor, ratio: float) -> torch.Tensor:
            return functional.dropout(values, ratio, self.training)

        mask = (ids != PADDING)[:, None].float()
        words = drop(self.projection(self.embedding(ids)), 0.2).transpose(1, 2)
        seen = torch.cat([torch.relu(one(words))[:, :, : ids.shape[1]] for one in self.filters], 1) * mask
        joined = torch.relu(self.joined(drop(seen, 0.1)))
        joined = (joined + torch.relu(self.wider(joined))) * mask
        mean = joined.sum(2) / mask.sum(2).clamp(min=1)
        pooled = torch.cat([seen.max(2).values, joined.max(2).values, mean], 1)
        return self.output(drop(torch.relu(self.hidden(drop(pooled, 0.4))), 0.3))


def train_network(
    words: Words,
    target: NDArray[np.bool_],
    weight: NDArray[np.float64],
    vectors: Vectors,
    *,
    epochs: int = 3,
    seed: int = 0,
    threads: int = 2,
    report: Callable[[str], None] = lambda line: None,
) -> Network:
    """Return a network trained on the first ``len(target)`` texts of `words`; the same for the same seed and threads.

    Parameters
    ----------
    target : ndarray of shape (n_texts, n_labels)
    weight : ndarray of shape (n_texts,)
    report : callable
        Told the mean loss of each epoch.
    """
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = Network(vectors, target.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    wanted, weights = target.astype(np.float32), weight.astype(np.float32)[:, None]
    total, step = epochs * -(-len(wanted) // _BATCH), 0
    for epoch in range(epochs):
        loss_sum = 0.0
        for rows, ids in _shuffled(words, len(wanted), rng):
            for group in optimizer.param_groups:
                group["lr"] = _RATE * max(0.02, min((step + 1) / _WARM_UP, 1 - step / total))
            ids = torch.where((torch.rand(ids.shape) < _WORD_DROPOUT) & (ids != PADDING), UNKNOWN, ids)
            losses = functional.binary_cross_entropy_with_logits(
                network(ids), torch.from_numpy(wanted[rows]), torch.from_numpy(weights[rows]), reduction="none"
            )
            loss = losses.sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            loss_sum += loss.item() * len(rows)
        report(f"epoch {epoch + 1} of {epochs}: loss {loss_sum / len(wanted):.4f}")
    network.eval()
    return network


def network_logits(network: Network, words: Words, n_labels: int) -> Logits:
    """Return the logit of each label for every text; shape (n_texts, n_labels)."""
    logits = np.zeros((len(words), n_labels), np.float32)
    order = np.argsort(np.diff(words.indptr), kind="stable")
    with torch.no_grad():
        for start in range(0, len(order), 4 * _BATCH):
            rows = order[start : start + 4 * _BATCH]
            logits[rows] = network(_padded(words, rows)).numpy()
    return logits


def _shuffled(words: Words, n: int, rng: np.random.Generator) -> Iterator[tuple[NDArray[np.int64], torch.Tensor]]:
    """Yield the first `n` texts in batches of similar length, in random order."""
    lengths = np.diff(words.indptr)
    buckets = np.array_split(rng.permutation(n), max(1, n // (_BATCH * _BUCKET)))
    order = np.concatenate([bucket[np.argsort(lengths[bucket], kind="stable")] for bucket in buckets])
    batches = [order[start : start + _BATCH] for start in range(0, n, _BATCH)]
    for number in rng.permutation(len(batches)):
        yield batches[number], _padded(words, batches[number])


def _padded(words: Words, rows: NDArray[np.int64]) -> torch.Tensor:
    texts = [words[row][:_LONGEST] for row in rows.tolist()]
    ids = np.full((len(rows), max(_SHORTEST, *map(len, texts), 0)), PADDING, np.int64)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = text
    return torch.from_numpy(ids)

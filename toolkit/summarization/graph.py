"""PageRank on a graph of sentences that is never written out: only its product with a vector is needed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from toolkit.summarization.terms import FloatArray


def centrality(
    product: Callable[[FloatArray], FloatArray],
    n_nodes: int,
    damping: float = 0.85,
    tolerance: float = 1e-8,
    max_iterations: int = 200,
) -> FloatArray:
    """Return the stationary distribution of a random walk over a symmetric weighted graph.

    Parameters
    ----------
    product
        Gives ``W @ v`` for the symmetric, non-negative weights W of shape (n_nodes, n_nodes).
    damping
        The walk follows an edge with this probability and jumps anywhere otherwise; a node without
        edges always jumps.

    Returns
    -------
    ndarray of shape (n_nodes,)
        Positive, summing to 1; shape ``(0,)`` where there are no nodes.

    References
    ----------
    Brin and Page (1998), "The Anatomy of a Large-Scale Hypertextual Web Search Engine".
    """
    if n_nodes == 0:
        return np.zeros(0)
    degree = np.maximum(product(np.ones(n_nodes)), 0.0)
    # Sums of products leave crumbs of rounding where the graph has no edge.
    linked = degree > 1e-9
    scale = np.where(linked, 1.0 / np.where(linked, degree, 1.0), 0.0)
    score = np.full(n_nodes, 1.0 / n_nodes)
    for _ in range(max_iterations):
        stranded = float(score[~linked].sum())
        update = damping * np.where(linked, np.maximum(product(score * scale), 0.0), 0.0)
        update += (damping * stranded + 1.0 - damping) / n_nodes
        update /= update.sum()
        moved = float(np.abs(update - score).sum())
        score = update
        if moved < tolerance:
            break
    return score

"""Results on paper: renders what was computed, computes nothing."""

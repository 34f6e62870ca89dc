"""Scripts that train and measure; their recorded results stand in ``benchmarks/results``."""

"""Benchmarks: ours beside a peer's, in one run, as a ratio."""

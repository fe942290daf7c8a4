"""Benchmarks: what a request costs in CPU, as a ratio to the smallest honest endpoint doing the same in the same run."""

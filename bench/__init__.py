"""Benchmarks: what a request costs in CPU, against the smallest honest endpoint in the same run."""

"""Benchmarks. These commands print timings; tests never assert them."""

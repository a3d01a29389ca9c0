"""Benchmarks: how costs grow with the size of a form. `python -m tests.bench`; never part of the test run."""

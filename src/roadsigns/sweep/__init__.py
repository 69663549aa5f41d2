"""Sweeps: every combination of recipes, values and seeds cross-validated on a Ray cluster, and compared."""

"""Judging a model: figures, pictures, report."""

"""Corrupted images and noisy boxes, for evaluation only."""

"""Trained networks as files for other runtimes, and the check that these give the same answers."""

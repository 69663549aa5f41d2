"""Trained networks as files that other runtimes run, and the proof that they agree."""

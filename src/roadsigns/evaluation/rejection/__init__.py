"""Rejection of unknown signs: how well a score tells the known classes from everything else."""

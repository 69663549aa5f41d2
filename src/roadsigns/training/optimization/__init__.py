"""Computation of training steps: optimiser, learning rate, arithmetic, several steps and several cores at once."""

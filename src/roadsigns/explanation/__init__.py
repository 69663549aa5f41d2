"""Explanations: a heat map of which parts of an image decided what the network says."""

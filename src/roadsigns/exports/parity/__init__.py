"""Comparison of an exported file with the Keras network that it was exported from."""

"""Proof that an exported file gives the probabilities of the Keras network it was made of."""

"""Drawn signs: designs, surroundings, cameras, and whole data sets made of them."""

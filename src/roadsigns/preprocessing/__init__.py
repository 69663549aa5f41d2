"""Preprocessing: from an image file to pixels, a crop and a network's input, always in the same way."""

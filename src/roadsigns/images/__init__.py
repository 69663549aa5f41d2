"""The way of one image: decode, prepare, augment."""

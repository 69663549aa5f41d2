"""The way of one image: file, pixels, crop, network input. The only deterministic pixel path."""

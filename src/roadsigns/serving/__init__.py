"""The HTTP service: images in, predictions as JSON out. Needs the extra `serve`."""

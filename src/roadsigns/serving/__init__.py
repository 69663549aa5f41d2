"""The service: bytes of images in over HTTP, JSON out. Needs the extra `serve`."""

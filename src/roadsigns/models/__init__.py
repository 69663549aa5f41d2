"""Network architectures and their layers. Nothing here reads a file."""

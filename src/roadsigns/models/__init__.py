"""Network architectures. Nothing here reads a file."""

"""Model files, their metadata, and the built-in models."""

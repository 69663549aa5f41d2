"""Models on disk, and what each says of itself."""

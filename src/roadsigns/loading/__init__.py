"""Images in memory: decoded once, cropped when needed, in batches."""

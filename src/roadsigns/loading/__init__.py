"""Images in memory: decoded once, cut out when asked for, in batches."""

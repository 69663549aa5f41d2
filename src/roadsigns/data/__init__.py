"""Getting images and labels: data folders, archives, drawings, splits, cache."""

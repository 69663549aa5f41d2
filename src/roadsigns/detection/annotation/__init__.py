"""Pictures with what was found in them: boxes, names and small drawings of the signs."""

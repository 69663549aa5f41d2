"""The signs found in photographs, as results: JSON, tables, labels, and copies with the signs drawn in."""

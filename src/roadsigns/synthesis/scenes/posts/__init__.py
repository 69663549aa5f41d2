"""Posts with signs: what hangs on them, where they stand, how they are painted."""

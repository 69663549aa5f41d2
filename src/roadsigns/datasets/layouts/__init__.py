"""How data sets lie in folders: one file for each layout, which yields rows or problems."""

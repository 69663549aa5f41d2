"""Recipes as TOML files."""

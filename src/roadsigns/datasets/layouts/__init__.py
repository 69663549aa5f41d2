"""Layouts of data folders: one file for each, which yields rows or problems."""

"""Labelled data on disk: known data sets, readers of data folders, and splits."""

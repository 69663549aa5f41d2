"""Labelled data on disk: which data sets there are, how folders are read, how they are split."""

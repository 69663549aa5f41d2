"""Recognise traffic signs."""

__version__ = "0.1.0"

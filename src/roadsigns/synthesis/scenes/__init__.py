"""Drawn street scenes with signs in them, and signs put into given scenes."""

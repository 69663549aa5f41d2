"""A data folder looked through before anything is trained on it."""

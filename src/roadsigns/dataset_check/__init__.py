"""The check of a data folder before training: statistics, errors and duplicates."""

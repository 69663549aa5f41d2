"""Recipes judged on every labelled image, fold by fold, and compared."""

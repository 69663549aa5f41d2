"""Cross-validation of recipes on every labelled image, and the comparison of two."""

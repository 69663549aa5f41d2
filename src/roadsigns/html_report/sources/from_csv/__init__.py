"""A report's input from a CSV file of predictions: a fold of a cross-validation, or anybody's model."""

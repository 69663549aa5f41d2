"""Two cross-validations, or two files of predictions, compared track by track."""

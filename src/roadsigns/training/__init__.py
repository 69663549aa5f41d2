"""Training by a recipe, and the run folder."""

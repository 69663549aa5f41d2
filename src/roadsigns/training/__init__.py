"""Training by a recipe, and the folder a run leaves."""

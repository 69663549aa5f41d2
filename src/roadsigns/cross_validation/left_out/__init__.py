"""Leave-classes-out: models that were never shown some classes, judged by how well they tell these from the others."""

"""Using a trained model: load once, predict many."""

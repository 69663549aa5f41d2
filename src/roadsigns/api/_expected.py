"""What arguments of several functions are checked against."""

__all__ = ["MAX_SEED", "OVERRIDES", "RECIPE"]

# The largest seed that NumPy and TensorFlow both take, and the command line too.
MAX_SEED = 2**31 - 1
RECIPE = "the name of a recipe, or the path of a .toml file"
OVERRIDES = 'a list such as ["training.epochs=5"]'

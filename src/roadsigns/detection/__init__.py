"""Finding the signs in a street photograph."""

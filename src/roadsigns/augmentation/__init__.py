"""Seeded random changes of training images."""

"""Plots and contact sheets in one style."""

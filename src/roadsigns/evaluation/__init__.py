"""Evaluation of models: metrics, intervals, significance, calibration and reports."""

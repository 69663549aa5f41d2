"""Keras networks written as ONNX, and their weights read back."""

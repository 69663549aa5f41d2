"""Inference: a trained model, loaded once, predicts many images."""

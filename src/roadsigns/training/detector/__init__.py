"""The training of the detector: crops of street scenes, and the loss."""

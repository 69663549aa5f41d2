"""What comes with a request: its query, its body within limits, the images and boxes in it."""

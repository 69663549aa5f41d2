"""Reading of requests: the query, the body within limits, and the images and boxes in it."""

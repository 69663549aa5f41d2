"""What is put into a given picture, made to look as if it had always been there."""

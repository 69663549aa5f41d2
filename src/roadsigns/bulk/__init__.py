"""Many images in, from wherever they lie; one row for each out."""

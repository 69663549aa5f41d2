"""Speed and memory beside the tutorial's own code. Run with `make bench`; nothing here is part of the package."""

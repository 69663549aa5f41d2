"""Archives as if they were folders: their members are read in place, nothing is unpacked into a folder."""

"""What images are read from: files, folders, patterns, archives, tables and standard input."""

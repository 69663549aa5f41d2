"""What to do next with data: what was found, what is doubtful, and which commands to run."""

"""What several commands share: options, where output goes, the process."""

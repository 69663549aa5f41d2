"""Images and boxes made worse on purpose, for evaluation only."""

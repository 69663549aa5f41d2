"""Models measured on corrupted images: every kind of corruption at five severities."""

"""Signs in videos: each is followed from frame to frame, and told once."""

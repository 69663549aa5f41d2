"""What a scene shows beside its signs: sky, ground, and what stands along the street."""

"""How a detector is judged: whether it finds the signs of street scenes, and whether they are named rightly."""

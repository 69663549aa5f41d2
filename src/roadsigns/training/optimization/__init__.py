"""How a training step is computed: optimiser, learning rate, arithmetic, several steps and several cores at once."""

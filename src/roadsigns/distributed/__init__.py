"""Many shards computed by the machines of a Ray cluster."""

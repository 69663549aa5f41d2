"""The numbered rules of `roadsigns check` and `roadsigns audit`: what each is, why it is bad and how to fix it."""

"""Drawn images of none of the classes: other and invented signs, things that are no sign, windows that miss one."""

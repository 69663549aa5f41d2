"""Printable names of files and folders, which may hold any bytes, terminal control sequences included."""

__all__ = ["printable"]


def printable(text: str) -> str:
    """Replace what is not valid text or cannot be printed by "�"."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)

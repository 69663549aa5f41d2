"""Names of files and folders as they can be shown: any bytes may stand in them, also a terminal's orders."""

__all__ = ["printable"]


def printable(text: str) -> str:
    """Replace what is no text or cannot be printed by "�"."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)

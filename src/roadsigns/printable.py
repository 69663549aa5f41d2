"""Printable names of files and folders, which may hold any bytes, terminal control sequences included."""

__all__ = ["as_text", "is_text", "printable"]


def printable(text: str) -> str:
    """Replace what is not valid text or cannot be printed by "�"."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)


def as_text(name: str) -> str:
    r"""Return a name as text that UTF-8 can hold: bytes that are no UTF-8 become "\xe4"."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_text(name: str) -> bool:
    """Whether UTF-8 can hold a name: it came from no bytes that are no UTF-8."""
    return as_text(name) == name

"""Printable names of files and folders, which may hold any bytes, terminal control sequences included."""

__all__ = ["as_text", "is_text", "printable", "shortened"]


def printable(text: str) -> str:
    """Replace what is not valid text or cannot be printed by "�"."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)


def shortened(text: str, most: int) -> str:
    """Leave out the middle of a text that is too long: what tells names apart stands at their ends.

    Args:
        text: Any text.
        most: The number of characters that are left, at least 3.
    """
    if len(text) <= most:
        return text
    begin = (most - 1) // 3
    return f"{text[:begin]}\N{HORIZONTAL ELLIPSIS}{text[len(text) - (most - 1 - begin) :]}"


def as_text(name: str) -> str:
    r"""Return a name as text that UTF-8 can hold: bytes that are no UTF-8 become "\xe4"."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_text(name: str) -> bool:
    """Whether UTF-8 can hold a name: it came from no bytes that are no UTF-8."""
    return as_text(name) == name

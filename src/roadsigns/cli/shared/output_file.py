"""The type of options that name a file to write."""

import os
from pathlib import Path

import click

from roadsigns.errors import OutputError
from roadsigns.files import refuse_standard_output

__all__ = ["STREAMED", "OutputFile", "as_file"]

# What commands say that write to standard output unless a file is named.
STREAMED = "Without it, the results go to standard output."


class OutputFile(click.ParamType[Path]):
    """A file to write. A `Path` would lose the slash at the end, by which people name a folder."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Refuse a name that ends in a slash, or means standard output."""
        option = param.opts[0] if param else "--out"
        return value if isinstance(value, Path) else as_file(str(value), option=option)


def as_file(text: str, *, option: str, without: str = "") -> Path:
    """Return the path of a file to write.

    Args:
        text: What was given.
        option: The option that names it.
        without: What happens without the option, as a whole sentence; empty where that is no help.

    Raises:
        OutputError: If the name is "-", or ends in a slash and is not that of a folder, which a command may allow.
    """
    path = Path(text)
    refuse_standard_output(path, kind="a file", hint=f"Name another one with {option}. {without}".strip())
    if text.endswith(os.sep) and not path.is_dir():
        raise OutputError(
            "The name ends in a slash, as a folder's does.",
            expected="the name of a file",
            hint=f"Leave the slash out, or name another file with {option}.",
            subject=text,
        )
    return path

"""The `roadsigns` command: finds a command's module by its name and turns errors into one sentence and a status."""

import contextlib
import errno
import importlib
import sys
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click

from roadsigns.cli.shared.output import discard_stdout, make_stdout_lenient
from roadsigns.cli.shared.process import make_keras_import_quiet, raise_on_sigterm, was_terminated
from roadsigns.errors import RoadsignsError
from roadsigns.printable import printable
from roadsigns.version import __version__

# One-name rule: command "cross-validate" is roadsigns.cli.cross_validate. Help texts stand here so that
# `roadsigns --help` imports none.
COMMANDS = {
    "audit": "Find labels, boxes and classes that a person should look at.",
    "calibrate": "Calibrate a model's probabilities by temperature scaling.",
    "check": "Check a data set for errors, duplicates and imbalance.",
    "compare": "Compare two cross-validations, track by track.",
    "cross-validate": "Evaluate a recipe by cross-validation.",
    "detect": "Find and name the signs in photographs and videos of streets.",
    "download": "Download and unpack the official archives of GTSRB or GTSDB.",
    "draw": "Draw synthetic traffic signs into a new folder.",
    "evaluate": "Evaluate a model on test or validation images.",
    "export": "Export a model to ONNX, OpenVINO, LiteRT or a web page.",
    "group": "Find tracks that were probably recorded at the same place.",
    "look": "Show the region of an image that a spatial transformer selects.",
    "models": "List the built-in models.",
    "pack": "Pack images into shards, for jobs on many machines.",
    "parity": "Check that an exported file agrees with its Keras network.",
    "plan": "Inspect your data and suggest which commands to run next.",
    "predict": "Recognise the signs in images.",
    "recipes": "List the recipes (training configurations), or print one.",
    "report": "Write a report on a model: one HTML page.",
    "serve": "Serve a model over HTTP, with a web page.",
    "sheet": "Draw a contact sheet: images of each class beside drawn signs.",
    "sweep": "Cross-validate many settings on a Ray cluster, and compare them.",
    "train": "Train a model from a recipe.",
}

# What they find out is printed, unless --out names a place for it. The others write files.
PRINTING = {"check", "compare", "detect", "evaluate", "group", "models", "parity", "predict", "recipes"}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Every command takes the group's option too; `main` reads it.
DEBUG = click.Option(["--debug"], is_flag=True, expose_value=False, hidden=True)


# As with `| head -1`. The status of other tools, which the signal SIGPIPE ends.
READER_HAS_GONE = 141


class LazyGroup(click.Group):
    """A group that imports a command when it is called (Click's documentation, "Lazily Loading Subcommands")."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"roadsigns.cli.{cmd_name.replace('-', '_')}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"roadsigns.cli.{cmd_name}.command is not a click command")
        if not any(option.name == DEBUG.name for option in command.params):
            command.params.append(DEBUG)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an empty argument, before it becomes the path of the current folder or counts as not given."""
        for before, argument in pairwise(args):
            option = argument.removesuffix("=")
            if not argument:
                where = f" after {before}" if before.startswith("--") else ""
                raise click.UsageError(f"The argument{where} is empty. Give a name, or leave it out.", ctx)
            if option != argument and option.startswith("--") and "=" not in option:
                raise click.UsageError(f"The value of {option} is empty. Give one, or leave it out.", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="roadsigns")
@click.option("--debug", is_flag=True, help="Show the traceback of an error. May also follow the command.")
def group(debug: bool) -> None:
    """Recognise traffic signs: train, evaluate and use classifiers on GTSRB and on your own signs."""


def _show_warning(message: Warning | str, category: type[Warning], *_: object) -> None:
    """Our warnings are sentences for people; others keep their category."""
    name = "" if category is UserWarning else f"{category.__name__}: "
    _say(f"{name}{message}")


def _say(sentence: str) -> None:
    # Where standard error cannot be written either, there is nowhere left to say it.
    with contextlib.suppress(OSError):
        # Names of files and classes may hold control sequences for a terminal.
        click.echo("\n".join(map(printable, f"roadsigns: {sentence}".split("\n"))), err=True)


@contextlib.contextmanager
def _shown_log() -> Iterator[None]:
    """Show what the package says of its work, such as the layout of the data that it reads."""
    import logging

    class ToStandardError(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            _say(record.getMessage())

    logger, handler = logging.getLogger("roadsigns"), ToStandardError()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def main() -> None:
    """Run the command line. Exits with 1 on an error of ours, 2 on wrong usage, 130 on Ctrl-C, 143 on SIGTERM."""
    debug = "--debug" in sys.argv[1:]
    make_keras_import_quiet()
    if sys.stdout is None and _prints_result(sys.argv[1:]):
        _say("Standard output is closed, so the result would be lost.")
        raise SystemExit(1)
    make_stdout_lenient()
    raise_on_sigterm()
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    try:
        with _shown_log():
            status = group(standalone_mode=False, prog_name="roadsigns")
        sys.stdout.flush()
    except RoadsignsError as error:
        if debug:
            raise
        _say(str(error))
        raise SystemExit(1) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            discard_stdout()
            raise SystemExit(READER_HAS_GONE) from error
        if debug:
            raise
        _say(_explain(error))
        raise SystemExit(1) from error
    except SystemExit as error:
        # Called like this, Click ends the process itself only where the reader of its output has gone.
        raise SystemExit(READER_HAS_GONE) from error
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from error
    except (click.Abort, KeyboardInterrupt) as error:
        _say("stopped.")
        raise SystemExit(143 if was_terminated(error) else 130) from error
    raise SystemExit(status if isinstance(status, int) else 0)


def _prints_result(arguments: list[str]) -> bool:
    """Whether standard output is the only place for the result of a command line."""
    command = next((argument for argument in arguments if not argument.startswith("-")), None)
    written = any(argument == "--out" or argument.startswith("--out=") for argument in arguments)
    return command is None or (command in PRINTING and not written)


def _current_folder_is_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _explain(error: OSError) -> str:
    """Return a sentence on an error of the operating system that no command expected."""
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError) and _current_folder_is_gone():
        return "The current folder no longer exists. Change to another one."
    if isinstance(error.filename, str):
        return f"{error.filename}: {reason}. With --debug, the traceback is shown."
    # An open file has no name in its errors, and standard output is the one that every command writes.
    if discard_stdout() or error.errno in FULL:
        return f"The output cannot be written: {reason}."
    return f"{reason}. With --debug, the traceback is shown."

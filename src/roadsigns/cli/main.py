"""The `roadsigns` command: finds a command's module by its name and turns errors into one sentence and a status."""

import importlib
import sys
import warnings

import click

from roadsigns.cli._process import make_keras_import_quiet
from roadsigns.errors import RoadsignsError
from roadsigns.version import __version__

# One-name rule: command "cross-validate" is roadsigns.cli.cross_validate. Help texts stand here so that
# `roadsigns --help` imports none.
COMMANDS = {
    "calibrate": "Fit a temperature, so that probabilities are calibrated.",
    "check": "Check a data folder for errors, duplicates and imbalance.",
    "compare": "Compare two cross-validations, track by track.",
    "cross-validate": "Evaluate a recipe on every labelled image, fold by fold.",
    "download": "Fetch the official GTSRB archives and unpack them.",
    "draw": "Draw synthetic traffic signs into a new data folder.",
    "evaluate": "Evaluate a model on held-out or test images.",
    "export": "Write a model as a file for another runtime.",
    "group": "Find tracks that were probably recorded at the same place.",
    "look": "Draw the windows that a spatial transformer chooses.",
    "models": "List the models that are built in.",
    "parity": "Compare an exported file with the Keras network on images.",
    "predict": "Recognise the signs in images.",
    "recipes": "List the recipes, or print one.",
    "serve": "Serve a model over HTTP, with a web page.",
    "sheet": "Draw a contact sheet: images of each class beside drawn signs.",
    "train": "Train a model with a recipe.",
}


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
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="roadsigns")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def group(debug: bool) -> None:
    """Recognise traffic signs: train, evaluate and use classifiers on GTSRB and on your own signs."""


def _show_warning(message: Warning | str, category: type[Warning], *_: object) -> None:
    """Our warnings are sentences for people; others keep their category."""
    name = "" if category is UserWarning else f"{category.__name__}: "
    click.echo(f"roadsigns: {name}{message}", err=True)


def main() -> None:
    """Run the command line. Exits with 1 on an error of ours, 2 on wrong usage, 130 on Ctrl-C."""
    debug = "--debug" in sys.argv[1:]
    make_keras_import_quiet()
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    try:
        status = group(standalone_mode=False, prog_name="roadsigns")
    except RoadsignsError as error:
        if debug:
            raise
        click.echo(f"roadsigns: {error}", err=True)
        raise SystemExit(1) from error
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from error
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo("roadsigns: stopped.", err=True)
        raise SystemExit(130) from error
    raise SystemExit(status if isinstance(status, int) else 0)

"""The start of the `roadsigns` command, and of `python -m roadsigns`."""

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ctrl-C ends it quietly even while it is imported."""
    try:
        from roadsigns.cli.main import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()

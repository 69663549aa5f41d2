"""`python -m roadsigns` is the `roadsigns` command."""

from roadsigns.cli.main import main

main()

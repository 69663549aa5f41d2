"""What the command line sets for its process."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import gc
from roadsigns.cli._process import make_keras_import_quiet
from roadsigns.keras_import import import_keras

make_keras_import_quiet()
gc.disable() if {disabled} else None
before = gc.get_freeze_count()
import_keras()
frozen = gc.get_freeze_count()
import_keras()
assert frozen - before > 100_000
assert gc.get_freeze_count() == frozen, "frozen once"
print(gc.isenabled())
import os
os.write(2, b"standard error is back")
"""


@pytest.mark.parametrize("disabled", [False, True])
def test_keras_is_imported_quietly_and_never_collected(disabled):
    """It lives to the end; what comes after it is collected as before, and standard error shows again."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}

    result = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(disabled=disabled)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )

    assert result.stdout.strip() == str(not disabled)
    assert result.stderr == "standard error is back"

"""What the command line sets for its process."""

import os
import signal
import subprocess
import sys

import pytest

SCRIPT = """
import gc, os, sys
from roadsigns.cli.shared.process import make_keras_import_quiet
from roadsigns.keras_import import import_keras

make_keras_import_quiet()
before = gc.get_freeze_count()
import_keras()
frozen = gc.get_freeze_count()
import_keras()
assert frozen - before > 100_000
assert gc.get_freeze_count() == frozen, "frozen once"
assert gc.isenabled()
os.write(2, b"standard error is back")

# Again in a process that collects nothing: a new Keras of nothing but noise.
gc.disable()
del sys.modules["keras"]
sys.path.insert(0, sys.argv[1])
import_keras()
assert gc.get_freeze_count() > frozen
assert not gc.isenabled()
os.write(2, b", again")
"""


def test_keras_is_imported_quietly_and_never_collected(tmp_path):
    """It lives to the end; what comes after it is collected or not, as before, and standard error shows again."""
    (tmp_path / "keras.py").write_text("import os; os.write(2, b'noise')")
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}

    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path], capture_output=True, text=True, check=False, env=environment
    )

    assert result.stderr == "standard error is back, again"
    assert result.returncode == 0


TERMINATED = """
import os, signal, sys, time
{before}
from roadsigns import recipe
from roadsigns.cli.main import main

def stop():
    try:
        for _ in range({times}):
            os.kill(os.getpid(), signal.SIGTERM)
        return ["tutorial"]
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        print("cleaned up")

recipe.recipe_names = stop
sys.argv[1:] = ["recipes"]
main()
"""


@pytest.mark.parametrize(
    ("before", "times", "status", "errors"),
    [
        ("", 1, 143, ["roadsigns: stopped."]),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN)", 2, 0, []),
    ],
)
def test_sigterm_cleans_up_unless_it_is_ignored(before, times, status, errors):
    """A second one, such as `timeout` sends, does not interrupt that."""
    code = TERMINATED.format(before=before, times=times)

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == status
    assert result.stdout.startswith("cleaned up\n")
    assert result.stderr.split("\n")[-2:-1] == errors


STOPPED = """
import signal, sys
from roadsigns import recipe
from roadsigns.cli.shared.process import interruption
from roadsigns.cli.main import main
from roadsigns.training.graceful_stop import stop_on_interrupt

def train():
    with stop_on_interrupt():
        signal.raise_signal({number})
    raise interruption()

signal.signal(signal.SIGINT, signal.default_int_handler)
recipe.recipe_names = train
sys.argv[1:] = ["recipes"]
main()
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_training_that_ends_early_has_the_status_of_its_signal(number, status):
    """As every other command does, though it ends by itself after the steps at work."""
    code = STOPPED.format(number=int(number))

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == status
    assert result.stderr.endswith("roadsigns: stopped.\n")


REPLACED = """
import signal, sys
from roadsigns import recipe
from roadsigns.cli.main import main

def wait():
    try:
        signal.raise_signal({number})
    except KeyboardInterrupt:
        pass
    # As Ray does, from within its own code.
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, signal.default_int_handler)
recipe.recipe_names = wait
sys.argv[1:] = ["recipes"]
main()
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_status_is_that_of_the_signal_even_if_a_library_replaces_the_exception(number, status):
    """A service manager is not to believe that somebody pressed Ctrl-C."""
    code = REPLACED.format(number=int(number))

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == status


def test_importing_the_package_changes_no_signal():
    """That is the command's alone."""
    code = "import signal, roadsigns.cli.main; print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"

"""A lock file: one at a time, whoever comes second is refused, and nothing stays behind."""

import subprocess
import sys
import threading

import pytest
from fixtures.errors import raises

from roadsigns.errors import RunError
from roadsigns.lock import hold

# A module that is None cannot be imported, as where there is none.
WITHOUT_UNIX = """
import sys
sys.modules.update(dict.fromkeys(["fcntl", "resource", "termios", "pwd", "grp"]))
import roadsigns.cross_validation.locks, roadsigns.training.run_folder, roadsigns.training.environment
"""
# Dies at once, without any end of its own.
HOLDING = """
import os, sys
from pathlib import Path
from roadsigns.errors import RunError
from roadsigns.lock import hold
with hold(Path(sys.argv[1]), taken=RunError("taken")):
    os._exit(9)
"""


def test_second_is_refused_and_the_next_is_not(tmp_path):
    """With what it was told to say; afterwards there is no file."""
    path = tmp_path / "lock"
    with hold(path, taken=RunError("come again")):
        with raises(RunError, problem="come again"), hold(path, taken=RunError("come again")):
            pytest.fail("held twice")
        assert path.exists()

    assert not path.exists()
    with hold(path, taken=RunError("come again")):
        assert path.exists()


def test_lock_of_a_process_that_died_is_free(tmp_path):
    """Its file is still there."""
    path = tmp_path / "lock"
    assert subprocess.run([sys.executable, "-c", HOLDING, path], check=False).returncode == 9
    assert path.exists()

    with hold(path, taken=RunError("taken")):
        pass


def test_lock_is_never_held_by_two(tmp_path):
    """Not even when one process opened the file, another removed it, and a third created it again."""
    path, inside, rounds = tmp_path / "lock", tmp_path / "inside", 300
    faults, held = [], []

    def work():
        done = 0
        while done < rounds and not faults:
            try:
                with hold(path, taken=RunError("taken")):
                    # Fails where another is inside.
                    inside.mkdir()
                    held.append(threading.get_ident())
                    inside.rmdir()
                    done += 1
            except RunError:
                continue
            except OSError as error:
                faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)

    assert faults == []
    assert len(held) == 4 * rounds
    assert not path.exists()


def test_nothing_is_imported_that_only_unix_has():
    """`fcntl` and `resource` are used where they are, and missed nowhere."""
    subprocess.run([sys.executable, "-c", WITHOUT_UNIX], check=True)

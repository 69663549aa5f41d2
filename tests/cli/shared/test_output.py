"""Standard output holds a command's result, whatever libraries print meanwhile."""

import os
import subprocess
import sys

import pytest

from roadsigns.cli.shared.output import make_stdout_lenient

PROGRAM = """
import os
from roadsigns.cli.shared.output import result_only_on_stdout
print("before")
with result_only_on_stdout():
    print("from Python")
    os.write(1, b"from C\\n")
print("after")
"""


def run(program, **options):
    return subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, check=True, **options)


def test_what_is_printed_meanwhile_goes_to_standard_error():
    """By Python's print and by a write to file 1; afterwards standard output works again."""
    result = run(PROGRAM, stdout=subprocess.PIPE)

    assert result.stdout == "before\nafter\n"
    assert sorted(result.stderr.splitlines()) == ["from C", "from Python"]


def test_closed_standard_output_is_no_error():
    program = "import os; os.close(1)\n" + PROGRAM.replace('print("before")', "").replace('print("after")', "")
    program = program.replace('os.write(1, b"from C\\n")', "pass").replace('print("from Python")', "pass")

    run(program)


@pytest.mark.parametrize(
    ("encoding", "line"), [("ascii", b"s\\xfcd \\u2026 \\udcff\n"), ("latin-1", b"s\xfcd \\u2026 \\udcff\n")]
)
def test_what_an_encoding_lacks_is_escaped(encoding, line):
    program = """
from roadsigns.cli.shared.output import make_stdout_lenient
make_stdout_lenient()
print("s\\xfcd \\u2026 \\udcff")
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )

    assert result.stdout == line


def test_closed_standard_output_takes_text(monkeypatch):
    """`roadsigns recipes >&-`."""
    monkeypatch.setattr(sys, "stdout", None)

    make_stdout_lenient()
    print("nobody reads this")
    sys.stdout.close()

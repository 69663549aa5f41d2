"""Progress: a bar on a terminal, seldom lines elsewhere, always on standard error."""

from types import SimpleNamespace

import pytest

from roadsigns import progress as progress_module
from roadsigns.progress import progress

ON_A_TERMINAL = """
from roadsigns.progress import progress
with progress("Reading", total=2) as advance:
    advance(note="loss 0.5")
    print("a result", flush=True)
    advance()
"""


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_short_job_off_a_terminal_says_nothing(capsys, clock):
    """Under two seconds there is nothing to wait for."""
    with progress("Reading", total=2) as advance:
        advance(2)
        clock.now = 1.9

    assert capsys.readouterr() == ("", "")


def test_long_job_off_a_terminal_prints_a_line_every_ten_seconds(capsys, clock):
    """Lines tell how much is done, when it will be over, and the note; the last one how long it took."""
    with progress("Training", total=100, unit="batches") as advance:
        for second in range(1, 26):
            clock.now = float(second)
            advance(4, note="loss 0.5")

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "Training: 40/100 batches, ETA 15 s loss 0.5",
        "Training: 80/100 batches, ETA 5 s loss 0.5",
        "Training: 100/100 batches in 25.0 s",
    ]


def test_job_that_waits_prints_a_line_a_minute(capsys, clock):
    """The same line again would tell nothing; the ETA falls while it waits, and is left out once it is over."""
    with progress("Training", total=2, unit="epochs") as advance:
        for second in range(1, 231):
            clock.now = float(second)
            advance(1 if second in (100, 230) else 0)

    assert capsys.readouterr().err.splitlines() == [
        "Training: 0/2 epochs",
        "Training: 0/2 epochs",
        "Training: 1/2 epochs, ETA 100 s",
        "Training: 1/2 epochs, ETA 40 s",
        "Training: 1/2 epochs",
        "Training: 2/2 epochs in 230.0 s",
    ]


def test_job_of_unknown_length_shows_its_speed(capsys, clock):
    """Lines as seldom, and the last one with what was done."""
    with progress("Predicting", total=None) as advance:
        for second in range(1, 26):
            clock.now = float(second)
            advance(4)

    assert capsys.readouterr().err.splitlines() == [
        "Predicting: 40 images, 4/s",
        "Predicting: 80 images, 4/s",
        "Predicting: 100 images in 25.0 s",
    ]


def test_error_in_the_job_passes_through(capsys, clock):
    """Nothing claims that the job is done."""

    def fail():
        with progress("Reading", total=2):
            clock.now = 60.0
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()

    assert capsys.readouterr().err == ""


def test_bar_leaves_standard_output_alone(run_on_terminal):
    """On a terminal the bar goes to standard error, and a result printed meanwhile to standard output."""
    status, output, shown = run_on_terminal(ON_A_TERMINAL)

    assert (status, output) == (0, "a result\n")
    assert "a result" not in shown
    for part in ("Reading", "2/2", "loss 0.5"):
        assert part in shown


def test_bar_runs_where_the_total_is_unknown(run_on_terminal):
    """It tells what is done and how fast."""
    status, _, shown = run_on_terminal(ON_A_TERMINAL.replace("total=2", "total=None"))

    assert status == 0
    for part in ("Reading", "2/?", "it/s", "loss 0.5"):
        assert part in shown

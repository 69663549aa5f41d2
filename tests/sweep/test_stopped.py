"""What is kept of a setting that was ended early."""

from fixtures.errors import raises

from roadsigns.errors import RunError
from roadsigns.sweep.stopped import Stopped, forget_stopped, read_stopped, write_stopped


def test_it_is_read_back_until_it_is_forgotten(tmp_path):
    """Forgetting what is not there does no harm."""
    stopped = Stopped(epoch=20, epochs=80, error=0.125)
    write_stopped(stopped, tmp_path)
    assert read_stopped(tmp_path) == stopped

    forget_stopped(tmp_path)
    forget_stopped(tmp_path)
    assert read_stopped(tmp_path) is None


def test_broken_file_is_an_error(tmp_path):
    """It says what to do."""
    values = [('"2"', "0.5"), ("2", "null"), ("9", "0.5"), ("2", "NaN"), ("2", "50")]
    texts = [f'{{"epoch": {epoch}, "epochs": 8, "error": {error}}}' for epoch, error in values]
    for text in ("{", '{"epoch": 1}', "[]", "", *texts):
        (tmp_path / "stopped.json").write_text(text)
        with raises(RunError, problem="cannot be read", hint="Remove it", subject="stopped.json"):
            read_stopped(tmp_path)

"""Images without tracks are known again by their bytes."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from roadsigns.datasets import image_checksums
from roadsigns.datasets.image_checksums import checksums_of, remembered
from roadsigns.types import Sample


@pytest.fixture
def samples(tmp_path):
    """Three files of different bytes, of which nobody knows the track."""
    paths = [tmp_path / f"{name}.png" for name in ("one", "two", "three")]
    for path in paths:
        path.write_bytes(path.name.encode())
    return tuple(Sample(path, 0) for path in paths)


def test_an_image_is_known_again_under_another_name_and_in_an_archive(samples, tmp_path):
    """By its bytes alone; each file once, in order."""
    learned = checksums_of(samples[:2])
    (tmp_path / "copy.png").write_bytes(samples[1].path.read_bytes())
    with zipfile.ZipFile(tmp_path / "signs.zip", "w") as archive:
        archive.write(samples[0].path, "stop/1.png")
    found = [Sample(tmp_path / name, 1) for name in ("three.png", "copy.png", "copy.png", "signs.zip/stop/1.png")]

    assert learned == {hashlib.sha256(name).hexdigest()[:16] for name in (b"one.png", b"two.png")}
    assert remembered(found, learned) == [tmp_path / "copy.png", tmp_path / "signs.zip" / "stop" / "1.png"]


def test_nothing_is_kept_where_tracks_tell_or_not_everything_can_be_known(samples, tmp_path, monkeypatch):
    """All tracks known, a file that is gone, too many files."""
    tracked = [Sample(sample.path, 0, track=str(index)) for index, sample in enumerate(samples)]

    assert checksums_of(tracked) is None
    assert len(checksums_of([*tracked[:2], samples[2]])) == 3
    assert checksums_of([*samples, Sample(tmp_path / "gone.png", 0)]) is None
    monkeypatch.setattr(image_checksums, "MAX_CHECKSUMS", 2)
    assert checksums_of(samples) is None


def test_without_checksums_no_file_is_opened():
    assert remembered([Sample(Path("gone.png"), 0)], frozenset()) == []

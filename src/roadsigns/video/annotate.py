"""A copy of a video with the followed signs drawn in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from roadsigns.detection.annotation.annotate import Annotator
from roadsigns.detection.detected import DetectedSign
from roadsigns.errors import OutputError
from roadsigns.files import replace_when_done
from roadsigns.types import SignClass
from roadsigns.video.clip import ClipWriter
from roadsigns.video.results import Show
from roadsigns.video.source import Frame, Video

__all__ = ["annotated"]


class _NoFrame(Exception):  # noqa: N818 - never leaves this file
    pass


@contextmanager
def annotated(path: Path, video: Video, classes: Sequence[SignClass]) -> Iterator[Show]:
    """Yield what writes a frame with its signs. The file appears when the block ends, if there was a frame.

    Args:
        path: See `check_clip`.
        video: Whose frames come.
        classes: Of the model that names the signs.

    Raises:
        OutputError: If it cannot be written.
    """
    annotator = Annotator(classes)
    with suppress(_NoFrame), replace_when_done(path) as temporary:
        with _about(path, temporary), ClipWriter(temporary, video.frames_per_second) as clip:

            def show(frame: Frame, signs: Sequence[DetectedSign]) -> None:
                clip.write(annotator.draw(frame.image, signs), frame.seconds)

            yield show
        if not clip.count:
            raise _NoFrame


@contextmanager
def _about(path: Path, temporary: Path) -> Iterator[None]:
    """Name the file that the user named in errors of the temporary one."""
    try:
        yield
    except OutputError as error:
        raise error.about(str(path) if error.subject == str(temporary) else error.subject) from error

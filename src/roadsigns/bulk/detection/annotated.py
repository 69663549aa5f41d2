"""Copies of pictures with the signs drawn in."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PIL import Image

from roadsigns.bulk.new_folder import free_place, place_of, read_entry
from roadsigns.bulk.stream import Result
from roadsigns.detection.annotation.annotate import Annotator
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import DataError, ImageError
from roadsigns.files import output_errors, replace_when_done
from roadsigns.types import SignClass, UInt8Image

__all__ = ["AnnotatedFolder"]

JPEG_SUFFIXES = frozenset({".jpg", ".jpeg"})
JPEG_QUALITY = 92
# Of a side, of that format.
JPEG_PIXELS = 65_500


class AnnotatedFolder:
    """A folder of annotated pictures: JPEG where the picture is one, else PNG.

    Attributes:
        problems: Pictures that could no longer be read.
    """

    def __init__(self, folder: Path, classes: Sequence[SignClass]) -> None:
        """Prepare a folder.

        Args:
            folder: New or empty.
            classes: Of the model that names the signs.
        """
        self.problems: list[DataError] = []
        self._folder = folder
        self._annotator = Annotator(classes)

    def pass_on(self, results: Iterable[Result[DetectedImage]]) -> Iterator[Result[DetectedImage]]:
        """Yield results, each after its picture was written.

        Raises:
            OutputError: If one cannot be written.
        """
        for result in results:
            if not isinstance(result.outcome, ImageError):
                self._write(result, result.outcome)
            yield result

    def _write(self, result: Result[DetectedImage], found: DetectedImage) -> None:
        try:
            image = read_entry(result.entry)
        except DataError as error:
            # It has gone meanwhile.
            self.problems.append(error.about(result.name))
            return
        self._save(self._annotator.draw(image, found.signs), place_of(result.entry))

    def _save(self, image: UInt8Image, place: Path) -> None:
        is_jpeg = place.suffix.lower() in JPEG_SUFFIXES and max(image.shape) <= JPEG_PIXELS
        wanted = self._folder / (place if is_jpeg else place.with_suffix(".png"))
        with output_errors(wanted, "Free some space, or name another place with --annotate."):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            with replace_when_done(free_place(wanted)) as temporary:
                picture = Image.fromarray(image)
                if is_jpeg:
                    # Colours in full resolution: thin lines have them.
                    picture.save(temporary, "JPEG", quality=JPEG_QUALITY, subsampling=0)
                else:
                    picture.save(temporary, "PNG", compress_level=1)

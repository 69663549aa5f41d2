"""A picture of what decided, for each prediction."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from roadsigns.bulk.new_folder import free_place, place_of, read_entry
from roadsigns.bulk.stream import Result
from roadsigns.errors import DataError, ImageError
from roadsigns.explanation.explanation import explain_image
from roadsigns.files import output_errors, replace_when_done
from roadsigns.inference.prediction import Prediction

if TYPE_CHECKING:
    from roadsigns.inference.recognizer import Recognizer

__all__ = ["MOST_PICTURES", "ExplainedFolder"]

# Nobody looks at more, and each takes the time of 200 predictions.
MOST_PICTURES = 10_000


class ExplainedFolder:
    """A folder with a PNG for each predicted image.

    Attributes:
        written: How many there are.
        left_out: How many images have none, since there were `MOST_PICTURES` already.
        problems: Images that could no longer be read.
    """

    def __init__(self, folder: Path, recognizer: "Recognizer") -> None:
        """Prepare a folder.

        Args:
            folder: New or empty.
            recognizer: What predicts the images.
        """
        self.written = 0
        self.left_out = 0
        self.problems: list[DataError] = []
        self._folder = folder
        self._recognizer = recognizer

    def pass_on(self, results: Iterable[Result[Prediction]]) -> Iterator[Result[Prediction]]:
        """Yield results, each after its picture was written.

        Raises:
            OutputError: If one cannot be written.
        """
        for result in results:
            if not isinstance(result.outcome, ImageError):
                self._write(result)
            yield result

    def _write(self, result: Result[Prediction]) -> None:
        if self.written >= MOST_PICTURES:
            self.left_out += 1
            return
        try:
            explanation = explain_image(self._recognizer, read_entry(result.entry), box=result.box)
        except DataError as error:
            # It has gone meanwhile.
            self.problems.append(error.about(result.name))
            return
        wanted = self._folder / place_of(result.entry).with_suffix(".png")
        with output_errors(wanted, "Free some space, or name another place with --explain."):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            with replace_when_done(free_place(wanted)) as temporary:
                Image.fromarray(explanation.picture()).save(temporary, "PNG")
        self.written += 1

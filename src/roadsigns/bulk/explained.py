"""A picture of what decided, for each prediction, and a page that shows them all."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from roadsigns.bulk.explained_page import MAX_LISTED, Pictured, overview_page
from roadsigns.bulk.new_folder import free_place, place_of, read_entry
from roadsigns.bulk.sign_cells import sign_cells
from roadsigns.bulk.stream import Result
from roadsigns.errors import DataError, ImageError
from roadsigns.explanation.explanation import explain_image
from roadsigns.files import output_errors, replace_when_done
from roadsigns.inference.prediction import Prediction

if TYPE_CHECKING:
    from roadsigns.inference.recognizer import Recognizer

__all__ = ["MAX_PICTURES", "ExplainedFolder"]

# Nobody looks at more, and each takes the time of 200 predictions.
MAX_PICTURES = 10_000
OVERVIEW = "index.html"
HINT = "Free some space, or name another place with --explain."


class ExplainedFolder:
    """A folder with a PNG for each predicted image, and a page that shows them.

    Attributes:
        overview: The page; None before all are there, and without any.
        written: How many there are.
        left_out: How many images have none, since there were `MAX_PICTURES` already.
        problems: Images that could no longer be read.
    """

    def __init__(self, folder: Path, recognizer: "Recognizer", *, model: str) -> None:
        """Prepare a folder.

        Args:
            folder: New or empty.
            recognizer: What predicts the images.
            model: What to call it.
        """
        self.overview: Path | None = None
        self.written = 0
        self.left_out = 0
        self.problems: list[DataError] = []
        self._folder = folder
        self._recognizer = recognizer
        self._model = model
        self._names = [sign.name for sign in recognizer.classes]
        self._listed: list[Pictured] = []

    def pass_on(self, results: Iterable[Result[Prediction]]) -> Iterator[Result[Prediction]]:
        """Yield results, each after its picture was written; the overview is written after the last.

        Raises:
            OutputError: If one cannot be written.
        """
        for result in results:
            if not isinstance(result.outcome, ImageError):
                self._write(result, result.outcome)
            yield result
        if self.written:
            self._write_overview()

    def _write(self, result: Result[Prediction], prediction: Prediction) -> None:
        if self.written >= MAX_PICTURES:
            self.left_out += 1
            return
        try:
            explanation = explain_image(self._recognizer, read_entry(result.entry), box=result.box)
        except DataError as error:
            # It has gone meanwhile.
            self.problems.append(error.about(result.name))
            return
        wanted = self._folder / place_of(result.entry).with_suffix(".png")
        with output_errors(wanted, HINT):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            place = free_place(wanted)
            with replace_when_done(place) as temporary:
                Image.fromarray(explanation.picture()).save(temporary, "PNG")
        self.written += 1
        if len(self._listed) < MAX_LISTED:
            cells = sign_cells(prediction, self._names)
            said = ", ".join(filter(None, (cells.name, cells.probability, cells.decision)))
            self._listed.append(Pictured(place.relative_to(self._folder), result.name, said))

    def _write_overview(self) -> None:
        # A folder of images may be called so.
        place = free_place(self._folder / OVERVIEW)
        page = overview_page(self._listed, model=self._model, written=self.written, left_out=self.left_out)
        with output_errors(place, HINT), replace_when_done(place) as temporary:
            temporary.write_text(page, encoding="utf-8")
        self.overview = place

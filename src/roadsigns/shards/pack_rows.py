"""What is packed into shards: folders, archives, lists, tables, labelled data sets and frames of videos, as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from roadsigns.archives.formats import MemberError
from roadsigns.archives.parquet_images import image_column
from roadsigns.archives.paths import open_file, parquet_file
from roadsigns.box_columns import find_column, require_box_columns
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.lists import NAME_COLUMNS
from roadsigns.bulk.inputs.sources import open_sources
from roadsigns.bulk.inputs.standard_input import STANDARD_INPUT
from roadsigns.datasets.layouts.tables import Table, open_table
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.errors import DataError, ImageError
from roadsigns.image_files import find_images
from roadsigns.preprocessing.decode import read_bytes
from roadsigns.shards.columns import carried_names
from roadsigns.shards.read import open_shard
from roadsigns.shards.shard import Shard
from roadsigns.types import Box, Sample
from roadsigns.video.source import is_live, is_video
from roadsigns.wording import reason

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["IMAGE", "PATH", "PackRow", "PackSource", "Split", "open_rows", "read_row"]

Split: TypeAlias = Literal["training", "test"]
PATH, IMAGE = "path", "image"
# Of frames, of which the recogniser sees a few pixels only.
JPEG_QUALITY = 95
PARQUET = ".parquet"


class PackRow(NamedTuple):
    """One image to pack.

    Attributes:
        entry: The image, not yet read, its name and its box.
        more: Cells of further columns.
    """

    entry: Entry
    more: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PackSource:
    """Rows of one place.

    Attributes:
        rows: Iterated once.
        columns: Further columns, as a `pyarrow.Schema`.
        count: How many rows there are; None if that is not known.
        with_boxes: Whether some may have boxes.
        problems: Why it ended early, once it was iterated.
    """

    rows: Iterable[PackRow]
    columns: "pa.Schema"
    count: int | None = None
    with_boxes: bool = False
    problems: list[DataError] = field(default_factory=list)


def open_rows(data: str, *, split: Split | None = None, every: int = 1) -> list[PackSource]:
    """Open what is to be packed.

    Args:
        data: What `roadsigns predict` reads, or a video file; with `split` what `roadsigns train` reads.
        split: The labelled images of a data set, with labels and tracks; None for all images, without.
        every: Of a video, every so many-th frame.

    Returns:
        One source, or one for each Parquet file where a folder holds nothing else.

    Raises:
        DataError: If it cannot be read.
    """
    path = Path(data)
    if split is not None:
        return [_labelled(path, split)]
    if is_live(data):
        raise DataError(
            "A camera or stream does not end.", expected="a file", hint="Record a part of it first.", subject=data
        )
    if is_video(data):
        return [_frames(data, every)]
    if path.is_dir():
        tables = list(find_images(path, wanted=_is_parquet))
        if tables and next(find_images(path), None) is None:
            return [_table(table) for table in tables]
    elif data != STANDARD_INPUT and path.suffix.lower() in {".csv", PARQUET}:
        return [_table(path)]
    return [_images(data)]


def read_row(row: PackRow) -> bytes | ImageError:
    """Return the bytes of a row's image, or why there are none."""
    image = row.entry.image
    if not isinstance(image, Path):
        return image
    try:
        with open_file(image) as file:
            return read_bytes(file, name=row.entry.name)
    except ImageError as error:
        return error
    except MemberError as error:
        return ImageError(f"The file cannot be read ({error.strerror}).", hint=error.hint, subject=row.entry.name)
    except (OSError, ValueError) as error:
        problem = f"The file cannot be read ({reason(error)})."
        return ImageError(problem, hint="Check the path and its permissions.", subject=row.entry.name)
    except DataError as error:
        return ImageError(error.problem, expected=error.expected, hint=error.hint, subject=row.entry.name)


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(PARQUET) and not name.startswith(".")


def _images(data: str) -> PackSource:
    import pyarrow as pa

    sources = open_sources([data])
    rows = (PackRow(entry._replace(name=entry.local or entry.name), {}) for entry in sources.entries())
    return PackSource(rows, pa.schema([]), sources.count, sources.has_boxes)


def _labelled(data: Path, split: Split) -> PackSource:
    import pyarrow as pa

    dataset = read_training(data) if split == "training" else read_test(data)
    columns = pa.schema([("label", pa.int32()), ("class_name", pa.string()), ("track", pa.string())])

    def row(sample: Sample) -> PackRow:
        inside = sample.path.is_relative_to(data)
        name = sample.path.relative_to(data).as_posix() if inside else str(sample.path)
        name_of_class = dataset.classes[sample.class_id].name
        more = {"label": sample.class_id, "class_name": name_of_class, "track": sample.track}
        return PackRow(Entry(name, sample.path, sample.box), more)

    boxed = any(sample.box is not None for sample in dataset.samples)
    return PackSource(map(row, dataset.samples), columns, len(dataset.samples), boxed)


def _frames(data: str, every: int) -> PackSource:
    import pyarrow as pa

    from roadsigns.video.video_file import VideoFile

    video = VideoFile(Path(data))
    problems: list[DataError] = []

    def rows() -> Iterator[PackRow]:
        import cv2

        for frame in video.frames(every=every):
            name = f"{Path(data).name}/{frame.number:06d}.jpg"
            quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
            encoded = cv2.imencode(".jpg", frame.image[:, :, ::-1], quality)[1].tobytes()
            yield PackRow(Entry(name, encoded), {"frame": frame.number, "seconds": frame.seconds})
        video.close()
        problems.extend([video.problem] if video.problem else [])

    columns = pa.schema([("frame", pa.int64()), ("seconds", pa.float64())])
    return PackSource(rows(), columns, video.count and -(-video.count // every), problems=problems)


def _table(path: Path) -> PackSource:
    if path.suffix.lower() == PARQUET and image_column(parquet_file(path).schema_arrow, subject=str(path)):
        return _table_of_images(path)
    return _table_of_paths(path)


def _table_of_images(path: Path) -> PackSource:
    import pyarrow as pa

    opened = open_shard(Shard(str(path), path.name, path.stat().st_size), with_boxes=True)
    names = carried_names(opened.schema.names, _own(with_boxes=opened.has_boxes))
    columns = pa.schema([column.with_name(name) for column, name in zip(opened.schema, names, strict=True)])

    def rows() -> Iterator[PackRow]:
        for batch in opened.batches():
            for entry, cells in zip(batch.entries, batch.carried.to_pylist(), strict=True):
                yield PackRow(entry, dict(zip(names, cells.values(), strict=True)))

    return PackSource(rows(), columns, opened.images, opened.has_boxes)


def _table_of_paths(path: Path) -> PackSource:
    import pyarrow as pa

    table = open_table(path)
    box = require_box_columns(table.header, subject=str(path))
    named = find_column(table.header, NAME_COLUMNS)
    if named is None:
        raise DataError(
            f"The table has no column of images or paths; its columns are {', '.join(table.header)}.",
            expected="a column such as image or path",
            subject=str(path),
        )
    kept_box = set(box.places) if box and box.names == Box._fields else set()
    others = [place for place in range(len(table.header)) if place != named and place not in kept_box]
    names = carried_names([table.header[place] for place in others], _own(with_boxes=box is not None))

    def rows() -> Iterator[PackRow]:
        for _, fields in table.rows():
            name = str(fields[named]).replace("\\", "/")
            more = {title: fields[place] for title, place in zip(names, others, strict=True)}
            entry = Entry(name, path.parent / name)
            try:
                yield PackRow(entry._replace(box=box.box(fields) if box else None), more)
            except ValueError as error:
                problem = f"The box is not valid: {error}."
                fault = ImageError(problem, expected="four whole numbers", subject=name)
                yield PackRow(entry._replace(image=fault), more)

    kinds = _kinds(table)
    columns = pa.schema([(name, kinds[place]) for name, place in zip(names, others, strict=True)])
    return PackSource(rows(), columns, None, box is not None)


def _kinds(table: Table) -> Sequence[Any]:
    """Return the types of a table's columns: those of Parquet, and text in CSV."""
    import pyarrow as pa

    if table.path.suffix.lower() == PARQUET:
        schema = parquet_file(table.path).schema_arrow
        return [schema.field(name).type for name in table.header]
    return [pa.string()] * len(table.header)


def _own(*, with_boxes: bool) -> tuple[str, ...]:
    return tuple(chain((PATH, IMAGE), Box._fields if with_boxes else ()))

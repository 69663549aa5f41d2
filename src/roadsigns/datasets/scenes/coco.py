"""Street scenes in COCO's JSON: one file with all images, boxes and classes.

{"images": [{"id", "file_name", "width", "height"}],
 "annotations": [{"id", "image_id", "category_id", "bbox": [x, y, width, height], "iscrowd"}],
 "categories": [{"id", "name"}]}

Classes are numbered in the order of the categories' ids. Boxes with `iscrowd` are ignored: they neither train nor
count.
"""

from collections import defaultdict
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, FiniteFloat, ValidationError

from roadsigns.datasets.scenes.labels import Label, signs_of, sizes_of
from roadsigns.datasets.scenes.scene import Scene, SceneProblem, SceneSet
from roadsigns.datasets.scenes.text import read_text
from roadsigns.errors import DataError
from roadsigns.types import Box
from roadsigns.wording import accepted, counted

__all__ = ["read_coco"]

EXPECTED = "COCO's JSON with images, annotations with a bbox each, and categories"
Item = TypeVar("Item", "_Image", "_Category")


class _Image(BaseModel):
    id: int | str
    file_name: str
    width: int | None = None
    height: int | None = None


class _Annotation(BaseModel):
    image_id: int | str
    bbox: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
    id: int | str | None = None
    category_id: int | None = None
    iscrowd: bool = False


class _Category(BaseModel):
    id: int
    name: str


class _File(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category] = []


def read_coco(file: Path) -> SceneSet:
    """Read the scenes that a JSON file names; of the images only the headers are read.

    Images lie beside the file, in a folder `images` or `data` beside it or above it, or in the folder that the file is
    called after, such as `train2017` for `annotations/instances_train2017.json`.

    Raises:
        DataError: If it is no such file, none of its images is there, one has another size than the file says, or a box
            lies outside its image or belongs to no image or category.
    """
    content = _read(file)
    categories = sorted(_by_id(content.categories, file).values(), key=lambda category: category.id)
    class_ids = {category.id: number for number, category in enumerate(categories)}
    classes = tuple(category.name for category in categories)
    labels = _labels(content, class_ids, file)
    folders = _image_folders(file)
    problems: list[SceneProblem] = []
    scenes = []
    paths = [_find(image.file_name, folders) for image in content.images]
    if not any(paths):
        raise _no_images(content, file, folders)
    _require_each_once(paths, file)
    sizes = sizes_of([path for path in paths if path], problems)
    for image, path in zip(content.images, paths, strict=True):
        if path is None:
            problems.append(SceneProblem("no-image", str(file), image.file_name))
        elif path in sizes:
            _require_size(image, sizes[path], path, file)
            scenes.append(Scene(path, signs_of(labels[image.id], sizes[path], classes, problems)))
    return SceneSet(classes, tuple(scenes), "coco", file, tuple(problems))


def _read(file: Path) -> _File:
    try:
        return _File.model_validate_json(read_text(file))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        if problem["type"] == "json_invalid":
            message, expected = f"This is not whole JSON ({problem['msg'].removeprefix('Invalid JSON: ')}).", EXPECTED
        elif problem["type"] == "missing":
            message, expected = f"{place} is missing.", EXPECTED
        else:
            message, expected = f"{place} is {str(problem['input'])[:80]}.", accepted(problem)
        raise DataError(message, expected=expected, hint="Export the file again.", subject=str(file)) from error


def _by_id(items: list[Item], file: Path) -> dict[int | str, Item]:
    found: dict[int | str, Item] = {}
    for item in items:
        if found.setdefault(item.id, item) is not item:
            kind = "images" if isinstance(item, _Image) else "categories"
            raise DataError(
                f"Two {kind} have the id {item.id}.",
                expected="an id for each",
                hint="Where files were merged, number their ids anew.",
                subject=str(file),
            )
    return found


def _labels(content: _File, class_ids: dict[int, int], file: Path) -> defaultdict[int | str, list[Label]]:
    """Return {id of an image: its boxes}."""
    images = _by_id(content.images, file)
    labels: defaultdict[int | str, list[Label]] = defaultdict(list)
    for number, annotation in enumerate(content.annotations):
        place = f"{file}, " + (f"annotations[{number}]" if annotation.id is None else f"annotation {annotation.id}")
        category = annotation.category_id
        if annotation.image_id not in images or not (category is None or category in class_ids):
            no_image = annotation.image_id not in images
            missing = f"image with the id {annotation.image_id}" if no_image else f"category with the id {category}"
            raise DataError(
                f"There is no {missing} in this file.",
                expected="the id of one of its images" if no_image else "the id of one of its categories",
                hint="Export the file again.",
                subject=place,
            )
        x, y, width, height = annotation.bbox
        box = Box(*map(round, (x, y, x + width, y + height)))
        class_id = None if category is None else class_ids[category]
        labels[annotation.image_id].append(Label(place, box, class_id, annotation.iscrowd))
    return labels


def _image_folders(file: Path) -> list[Path]:
    """Return where its images may lie, in the order in which they are looked for."""
    parent = file.absolute().parent
    called = file.stem.rpartition("_")[2]
    return [
        base / name for base in (parent, parent.parent) for name in ("", "images", "data", called, f"images/{called}")
    ]


def _find(name: str, folders: list[Path]) -> Path | None:
    """Return the file of an image: at its whole path, or else by its name alone."""
    relative = Path(name.replace("\\", "/"))
    for one in dict.fromkeys((relative, Path(relative.name))):
        for folder in folders:
            if one.name and (folder / one).is_file():
                return folder / one
    return None


def _no_images(content: _File, file: Path, folders: list[Path]) -> DataError:
    if not content.images:
        return DataError("The file names no images.", expected=EXPECTED, subject=str(file))
    return DataError(
        f"None of its {counted(len(content.images), 'image')} is there, such as {content.images[0].file_name}.",
        expected="the images beside the file, or in a folder images beside it",
        hint=f"Put them into {folders[1]}.",
        subject=str(file),
    )


def _require_each_once(paths: list[Path | None], file: Path) -> None:
    seen = set()
    for path in filter(None, paths):
        if path in seen:
            raise DataError(
                f"Two images are {path}.", expected="each image once", hint="Merge the two.", subject=str(file)
            )
        seen.add(path)


def _require_size(image: _Image, size: tuple[int, int], path: Path, file: Path) -> None:
    if image.width is None or image.height is None or (image.width, image.height) == size:
        return
    raise DataError(
        f"The image has {size[0]}x{size[1]} pixels, and {file.name} says {image.width}x{image.height}.",
        expected="the images that were labelled",
        hint="If they were scaled or turned after labelling, take the originals, or scale or turn the boxes too.",
        subject=str(path),
    )

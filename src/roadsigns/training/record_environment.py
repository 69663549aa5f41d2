"""The record of what a run was started with: a run that is resumed with anything else is refused."""

import os
from typing import NamedTuple, Self

import keras

from roadsigns.cpu import cpu_name
from roadsigns.datasets.fingerprint import fingerprint, fingerprint_of_scenes
from roadsigns.datasets.scenes import SceneSet
from roadsigns.errors import RunError
from roadsigns.training.environment import describe_environment
from roadsigns.training.optimization.device import find_device
from roadsigns.training.pretrained import PretrainedModel
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import DataSet

__all__ = ["DataRecord", "record_environment"]

ENVIRONMENT = "environment.json"
# What may differ when a run is resumed, and is recorded anew.
OF_A_RESUMPTION = ("roadsigns", "command", "started", "python", "platform", "cpu", "cores", "device", "packages")


class DataRecord(NamedTuple):
    """What a run was trained on.

    Attributes:
        folder: Where it lies: of images of single signs, the folder that holds them all.
        source: Which data set it is.
        images: Number of its images.
        sha256: Of what is labelled; see `roadsigns.datasets.fingerprint`.
    """

    folder: str
    source: str
    images: int
    sha256: str

    @classmethod
    def of(cls, data: DataSet) -> Self:
        """Return the record of images of single signs."""
        return cls(_common_folder(data), data.source, len(data.samples), fingerprint(data))

    @classmethod
    def of_scenes(cls, scenes: SceneSet) -> Self:
        """Return the record of street scenes."""
        return cls(str(scenes.source.absolute()), scenes.layout, len(scenes.scenes), fingerprint_of_scenes(scenes))


def record_environment(
    run: RunFolder,
    data: DataRecord,
    *,
    name: str,
    seed: int,
    precision: str,
    initial: PretrainedModel | None = None,
    teacher: PretrainedModel | None = None,
) -> None:
    """Write environment.json; where a run is resumed, check that it has what it was started with, and add when and how.

    Raises:
        RunError: If data, models, precision or back-end are others than at the start.
    """
    record = {
        "recipe": name,
        "seed": seed,
        "data": data._asdict(),
        **{
            key: model and {"model": model.name, "sha256": model.sha256}
            for key, model in (("init", initial), ("teacher", teacher))
        },
        **describe_environment(
            cpu=cpu_name(), device=find_device().name, backend=keras.backend.backend(), precision=precision
        ),
    }
    if (run.path / ENVIRONMENT).is_file():
        before = run.read_json(ENVIRONMENT)
        for key, meaning in (
            ("data", "the data"),
            ("init", "the model to fine-tune"),
            ("teacher", "the teacher"),
            ("precision", "the precision"),
            ("backend", "the back-end"),
        ):
            # Older runs record no model.
            was, now = (entry.get(key) for entry in (before, record))
            was, now = (value["sha256"] if isinstance(value, dict) else value for value in (was, now))
            if was != now:
                # Of data and models there are only checksums, which tell nobody anything.
                values = f" (was {was}, now {now})" if key in ("precision", "backend") else ""
                raise RunError(
                    f"The run cannot be resumed: {meaning} changed since the start{values}.",
                    hint="Give what it was started with, or start again with another --run folder.",
                    subject=str(run.path),
                )
        record = {**before, "resumed": [*before.get("resumed", []), {key: record[key] for key in OF_A_RESUMPTION}]}
    run.write_json(ENVIRONMENT, record)


def _common_folder(data: DataSet) -> str:
    return os.path.commonpath({sample.path.absolute().parent for sample in data.samples})

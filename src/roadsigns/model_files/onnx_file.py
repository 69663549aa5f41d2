"""Metadata of ONNX files, read and written without the packages onnx and onnxruntime.

A file holds either a recogniser, which names signs, or a detector, which finds them; each kind has its own entry.

An ONNX file is one protocol buffers message (onnx.proto, ModelProto), a sequence of fields. The graph, with all
weights, is one field, which is skipped by its length. A checksum of the graph stands beside the
metadata: the format itself would not notice a flipped bit in a weight.
"""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from roadsigns.errors import ModelError
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.protobuf import delimited, fields
from roadsigns.wording import counted, reason

__all__ = [
    "DETECTOR_KEY",
    "FORMAT_VERSION",
    "METADATA_KEY",
    "DetectorFile",
    "OnnxFile",
    "attach_metadata",
    "read_detector_file",
    "read_onnx_file",
]

METADATA_KEY, DETECTOR_KEY = "roadsigns", "roadsigns_detector"
FORMAT_KEY = "roadsigns_format"
CHECKSUM_KEY = "roadsigns_graph_sha256"
# Raise it when older versions would misread the file.
FORMAT_VERSION = 1

HINT = "Download it or export it again."

# Field numbers of ModelProto and StringStringEntryProto (onnx.proto).
GRAPH, PROPERTY, KEY, VALUE = 7, 14, 1, 2


class OnnxFile(NamedTuple):
    """An ONNX file of a recogniser that roadsigns wrote.

    Attributes:
        metadata: The model's metadata.
        properties: All of its metadata_props.
        content: The whole file.
    """

    metadata: ModelMetadata
    properties: dict[str, str]
    content: bytes


class DetectorFile(NamedTuple):
    """An ONNX file of a detector that roadsigns wrote.

    Attributes:
        metadata: The detector's metadata.
        content: The whole file.
    """

    metadata: DetectorMetadata
    content: bytes


def read_onnx_file(path: Path) -> OnnxFile:
    """Read an ONNX file, and check that roadsigns wrote it, that it names signs and that it is undamaged.

    Raises:
        ModelError: If it cannot be read, is damaged, has no roadsigns metadata, is a detector, or is of another format
            version.
    """
    properties, content = _read(path, METADATA_KEY)
    try:
        metadata = ModelMetadata.from_dict(json.loads(properties[METADATA_KEY]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged_metadata(error, path) from error
    return OnnxFile(metadata, properties, content)


def read_detector_file(path: Path) -> DetectorFile:
    """Read an ONNX file, and check that roadsigns wrote it, that it finds signs and that it is undamaged.

    Raises:
        ModelError: If it cannot be read, is damaged, has no roadsigns metadata, is a recogniser, or is of another
            format version.
    """
    if path.suffix == ".keras":
        raise _recognizer_error(path)
    properties, content = _read(path, DETECTOR_KEY)
    try:
        metadata = DetectorMetadata.from_dict(json.loads(properties[DETECTOR_KEY]))
    except (TypeError, ValueError) as error:
        raise _damaged_metadata(error, path) from error
    return DetectorFile(metadata, content)


def _recognizer_error(path: Path) -> ModelError:
    """Return the error of a recogniser where a detector is wanted."""
    return ModelError(
        "The file is a recogniser, which names signs and does not find them.",
        expected="a detector",
        hint="Give it to `roadsigns predict`. `roadsigns train --recipe detector` trains a detector.",
        subject=str(path),
    )


def _detector_error(path: Path) -> ModelError:
    return ModelError(
        "The file is a detector, which finds signs and does not name them.",
        expected="a recogniser",
        hint="Give it to `roadsigns detect`, and here a model that `roadsigns models` lists or a training made.",
        subject=str(path),
    )


def _damaged_metadata(error: Exception, path: Path) -> ModelError:
    return ModelError(f"The file's metadata is damaged ({reason(error)}).", hint=HINT, subject=str(path))


def _read(path: Path, key: str) -> tuple[dict[str, str], bytes]:
    """Return the properties and the content of a whole file that has the entry `key`. See above for errors."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The file cannot be read: {error.strerror}.", hint="Check the path and its permissions.", subject=str(path)
        ) from error
    try:
        parts = [(number, content[start:end]) for number, start, end in fields(content) if number in (GRAPH, PROPERTY)]
        properties = dict(_property(value) for number, value in parts if number == PROPERTY)
    except ValueError as error:
        raise ModelError(
            f"The file is damaged, or not an ONNX file ({reason(error)}; it has {counted(len(content), 'byte')}).",
            hint=HINT,
            subject=str(path),
        ) from error
    if key not in properties:
        raise _other_kind(properties, path)
    version = properties.get(FORMAT_KEY, "")
    if version != str(FORMAT_VERSION):
        raise ModelError(
            f"The file has format version {version}." if version else "The file has no format version.",
            expected=f"format version {FORMAT_VERSION}, which this version of roadsigns reads",
            hint="Install the version of roadsigns that wrote it, or export the model again with this one.",
            subject=str(path),
        )
    graph = b"".join(value for number, value in parts if number == GRAPH)
    if hashlib.sha256(graph).hexdigest() != properties.get(CHECKSUM_KEY):
        raise ModelError("The file is damaged: its network differs from its checksum.", hint=HINT, subject=str(path))
    return properties, content


def _other_kind(properties: dict[str, str], path: Path) -> ModelError:
    """Return the error of a file without the wanted entry."""
    if METADATA_KEY in properties:
        return _recognizer_error(path)
    if DETECTOR_KEY in properties:
        return _detector_error(path)
    return ModelError(
        f"The file has no metadata '{METADATA_KEY}', so it is not a roadsigns model.",
        expected="a file that `roadsigns export` or `roadsigns train` wrote",
        subject=str(path),
    )


def attach_metadata(
    content: bytes, metadata: ModelMetadata | DetectorMetadata | None = None, **properties: str
) -> bytes:
    """Attach metadata, the format version and a checksum of the graph to an ONNX file.

    Args:
        content: An ONNX file. Metadata that it has already is replaced; attach it again after changing the graph.
        metadata: None keeps the file's own.
        properties: Further entries of metadata_props.

    Returns:
        The file with its metadata.

    Raises:
        ValueError: If it is not an ONNX file.
    """
    whole = list(fields(content))
    graph = b"".join(content[start:end] for number, start, end in whole if number == GRAPH)
    entries = dict(_property(content[start:end]) for number, start, end in whole if number == PROPERTY)
    if metadata is not None:
        key = DETECTOR_KEY if isinstance(metadata, DetectorMetadata) else METADATA_KEY
        entries[key] = json.dumps(metadata.as_dict(), ensure_ascii=False, separators=(",", ":"))
    entries |= {**properties, FORMAT_KEY: str(FORMAT_VERSION), CHECKSUM_KEY: hashlib.sha256(graph).hexdigest()}
    kept, last = [], 0
    for number, _, end in whole:
        if number != PROPERTY:
            kept.append(content[last:end])
        last = end
    written = [
        delimited(PROPERTY, delimited(KEY, key.encode()) + delimited(VALUE, value.encode()))
        for key, value in entries.items()
    ]
    return b"".join([*kept, *written])


def _property(entry: bytes) -> tuple[str, str]:
    values = {number: entry[start:end].decode() for number, start, end in fields(entry)}
    return values.get(KEY, ""), values.get(VALUE, "")

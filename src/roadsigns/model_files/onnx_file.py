"""Metadata of ONNX files, read and written without the packages onnx and onnxruntime.

An ONNX file is one protocol buffers message (onnx.proto, ModelProto): a sequence of fields, each a tag and a value. The
graph, with all weights, is one field, which is skipped by its length. A checksum of the graph stands beside the
metadata: the format itself would not notice a flipped bit in a weight.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from roadsigns.errors import ModelError
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.wording import counted, reason

__all__ = ["FORMAT_VERSION", "METADATA_KEY", "OnnxFile", "attach_metadata", "read_onnx_file"]

METADATA_KEY = "roadsigns"
FORMAT_KEY = "roadsigns_format"
CHECKSUM_KEY = "roadsigns_graph_sha256"
# Raise it when older versions would misread the file.
FORMAT_VERSION = 1

HINT = "Download it or export it again."

# Field numbers of ModelProto and StringStringEntryProto (onnx.proto), and the wire types of protocol buffers.
GRAPH, PROPERTY, KEY, VALUE = 7, 14, 1, 2
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED_SIZES = {FIXED64: 8, FIXED32: 4}
MORE, SEVEN_BITS, LONGEST_VARINT = 0x80, 0x7F, 70


class OnnxFile(NamedTuple):
    """An ONNX file that roadsigns wrote.

    Attributes:
        metadata: The model's metadata.
        properties: All of its metadata_props.
        content: The whole file.
    """

    metadata: ModelMetadata
    properties: dict[str, str]
    content: bytes


def read_onnx_file(path: Path) -> OnnxFile:
    """Read an ONNX file, and check that roadsigns wrote it and that it is undamaged.

    Raises:
        ModelError: If it cannot be read, is damaged, has no roadsigns metadata, or is of another format version.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The file cannot be read: {error.strerror}.", hint="Check the path and its permissions.", subject=str(path)
        ) from error
    try:
        fields = [
            (number, content[start:end]) for number, start, end in _fields(content) if number in (GRAPH, PROPERTY)
        ]
        properties = dict(_property(value) for number, value in fields if number == PROPERTY)
    except ValueError as error:
        raise ModelError(
            f"The file is damaged, or not an ONNX file ({reason(error)}; it has {counted(len(content), 'byte')}).",
            hint=HINT,
            subject=str(path),
        ) from error
    if METADATA_KEY not in properties:
        raise ModelError(
            f"The file has no metadata '{METADATA_KEY}', so it is not a roadsigns model.",
            expected="a file that `roadsigns export` wrote",
            subject=str(path),
        )
    version = properties.get(FORMAT_KEY, "")
    if version != str(FORMAT_VERSION):
        raise ModelError(
            f"The file has format version {version}." if version else "The file has no format version.",
            expected=f"format version {FORMAT_VERSION}, which this version of roadsigns reads",
            hint="Install the version of roadsigns that wrote it, or export the model again with this one.",
            subject=str(path),
        )
    graph = b"".join(value for number, value in fields if number == GRAPH)
    if hashlib.sha256(graph).hexdigest() != properties.get(CHECKSUM_KEY):
        raise ModelError("The file is damaged: its network differs from its checksum.", hint=HINT, subject=str(path))
    try:
        metadata = ModelMetadata.from_dict(json.loads(properties[METADATA_KEY]))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The file's metadata is damaged ({reason(error)}).", hint=HINT, subject=str(path)) from error
    return OnnxFile(metadata, properties, content)


def attach_metadata(content: bytes, metadata: ModelMetadata | None = None, **properties: str) -> bytes:
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
    fields = list(_fields(content))
    graph = b"".join(content[start:end] for number, start, end in fields if number == GRAPH)
    entries = dict(_property(content[start:end]) for number, start, end in fields if number == PROPERTY)
    if metadata is not None:
        entries[METADATA_KEY] = json.dumps(metadata.as_dict(), ensure_ascii=False, separators=(",", ":"))
    entries |= {**properties, FORMAT_KEY: str(FORMAT_VERSION), CHECKSUM_KEY: hashlib.sha256(graph).hexdigest()}
    kept, last = [], 0
    for number, _, end in fields:
        if number != PROPERTY:
            kept.append(content[last:end])
        last = end
    written = [
        _delimited(PROPERTY, _delimited(KEY, key.encode()) + _delimited(VALUE, value.encode()))
        for key, value in entries.items()
    ]
    return b"".join([*kept, *written])


def _property(entry: bytes) -> tuple[str, str]:
    values = {number: entry[start:end].decode() for number, start, end in _fields(entry)}
    return values.get(KEY, ""), values.get(VALUE, "")


def _fields(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield each field's number, and where its value starts and ends.

    Raises:
        ValueError: If the content does not consist of whole fields.
    """
    position = 0
    while position < len(content):
        tag, start = _varint(content, position)
        kind = tag & 7
        if kind == BYTES:
            length, start = _varint(content, start)
            end = start + length
        elif kind == VARINT:
            _, end = _varint(content, start)
        elif kind in FIXED_SIZES:
            end = start + FIXED_SIZES[kind]
        else:
            raise ValueError(f"a field of unknown kind {kind} at byte {position}")
        if end > len(content):
            raise ValueError(f"it ends within the field at byte {position}")
        yield tag >> 3, start, end
        position = end


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """Read a number of 7 bits a byte, lowest first. Returns it and the position after it."""
    number = 0
    for shift in range(0, LONGEST_VARINT, 7):
        if position >= len(content):
            raise ValueError("it breaks off in a number")
        byte = content[position]
        position += 1
        number |= (byte & SEVEN_BITS) << shift
        if not byte & MORE:
            return number, position
    raise ValueError(f"a number without an end at byte {position}")


def _delimited(number: int, value: bytes) -> bytes:
    return _as_varint(number << 3 | BYTES) + _as_varint(len(value)) + value


def _as_varint(number: int) -> bytes:
    written = bytearray()
    while number > SEVEN_BITS:
        written.append(number & SEVEN_BITS | MORE)
        number >>= 7
    return bytes([*written, number])

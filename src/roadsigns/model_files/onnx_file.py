"""What an ONNX file says of itself, read and written without the packages onnx and onnxruntime.

An ONNX file is one message of protocol buffers (onnx.proto, ModelProto): fields one after the other, each a tag and a
value. Its graph, with all weights, is one field that is stepped over by its length, so reading the metadata takes no
longer for a large model. The graph's checksum stands beside the metadata: the format itself would not notice a flipped
bit in a weight.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from roadsigns.errors import ModelError
from roadsigns.model_files.metadata import ModelMetadata, metadata_from_values, metadata_values

__all__ = ["FORMAT_VERSION", "METADATA_KEY", "OnnxFile", "attach_metadata", "read_onnx_file"]

METADATA_KEY = "roadsigns"
FORMAT_KEY = "roadsigns_format"
CHECKSUM_KEY = "roadsigns_graph_sha256"
# Raise it when an older version would misread what is written.
FORMAT_VERSION = 1

# Field numbers of ModelProto and StringStringEntryProto (onnx.proto), and the wire types of protocol buffers.
GRAPH, PROPERTY, KEY, VALUE = 7, 14, 1, 2
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED_SIZES = {FIXED64: 8, FIXED32: 4}
MORE, SEVEN_BITS, LONGEST_VARINT = 0x80, 0x7F, 70


class OnnxFile(NamedTuple):
    """An ONNX file of ours.

    Attributes:
        metadata: What it says of itself.
        properties: All of its metadata_props.
        content: The whole file.
    """

    metadata: ModelMetadata
    properties: dict[str, str]
    content: bytes


def read_onnx_file(path: Path) -> OnnxFile:
    """Read an ONNX file and check that it is ours and whole.

    Raises:
        ModelError: If it cannot be read, is damaged, another's, or of a later format.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    try:
        fields = [
            (number, content[start:end]) for number, start, end in _fields(content) if number in (GRAPH, PROPERTY)
        ]
        properties = dict(_property(value) for number, value in fields if number == PROPERTY)
    except ValueError as error:
        raise ModelError(
            f"{path} is damaged or no ONNX file ({error}; it has {len(content)} bytes). Fetch it or export it again."
        ) from error
    if METADATA_KEY not in properties:
        raise ModelError(
            f"{path} is no model of roadsigns: it has no metadata '{METADATA_KEY}'. "
            "Expected a file that `roadsigns export` wrote."
        )
    version = properties.get(FORMAT_KEY, "none")
    if version != str(FORMAT_VERSION):
        raise ModelError(
            f"{path} has format {version}, and this version of roadsigns reads format {FORMAT_VERSION}. "
            "Install the version of roadsigns that wrote it, or export the model again with this one."
        )
    graph = b"".join(value for number, value in fields if number == GRAPH)
    if hashlib.sha256(graph).hexdigest() != properties.get(CHECKSUM_KEY):
        raise ModelError(f"{path} is damaged: its network is not what was written. Fetch it or export it again.")
    try:
        metadata = metadata_from_values(json.loads(properties[METADATA_KEY]))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"What {path} says of itself is damaged ({error}). Fetch it or export it again.") from error
    return OnnxFile(metadata, properties, content)


def attach_metadata(content: bytes, metadata: ModelMetadata | None = None, **properties: str) -> bytes:
    """Write into an ONNX file what it says of itself, its format version, and its graph's checksum.

    Args:
        content: An ONNX file, with or without such properties; whoever changes a sealed one seals it again.
        metadata: None leaves what is there.
        properties: Further entries of its metadata_props, as they are to be.

    Returns:
        The file with them.

    Raises:
        ValueError: If it is no ONNX file.
    """
    fields = list(_fields(content))
    graph = b"".join(content[start:end] for number, start, end in fields if number == GRAPH)
    entries = dict(_property(content[start:end]) for number, start, end in fields if number == PROPERTY)
    if metadata is not None:
        entries[METADATA_KEY] = json.dumps(metadata_values(metadata), ensure_ascii=False)
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
    """Yield each field's number, and where its value begins and ends.

    Raises:
        ValueError: If these are no whole fields.
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
            raise ValueError(f"it breaks off in the field at byte {position}")
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

"""Protocol buffers, as far as they are needed: a message is a sequence of fields, each a tag and a value."""

from collections.abc import Iterator

__all__ = ["delimited", "fields"]

# Wire types.
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED_SIZES = {FIXED64: 8, FIXED32: 4}
MORE, SEVEN_BITS, LONGEST_VARINT = 0x80, 0x7F, 70


def fields(content: bytes) -> Iterator[tuple[int, int, int]]:
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


def delimited(number: int, value: bytes) -> bytes:
    """Return a field whose value is text or another message: tag, length and value."""
    return _as_varint(number << 3 | BYTES) + _as_varint(len(value)) + value


def _as_varint(number: int) -> bytes:
    written = bytearray()
    while number > SEVEN_BITS:
        written.append(number & SEVEN_BITS | MORE)
        number >>= 7
    return bytes([*written, number])

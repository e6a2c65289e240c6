"""Tables of Arrow as bytes, and back: an Arrow IPC file, neither packed nor with code of others."""

from __future__ import annotations

import struct
from typing import Any

from jupyter_distill._optional import require
from jupyter_distill.saving._refuse import Damaged, need, refuse

MAGIC = b"ARROW1\0\0"  # a file is a stream between this and a list of places
SCHEMA, DICTIONARY, BATCH = 1, 2, 3  # kinds of message in Arrow's Message.fbs


def arrow() -> Any:
    """Return pyarrow."""
    pa = require("pyarrow", extra="store", feature="Saving or loading a distillation")
    require("pyarrow.ipc", extra="store", feature="Saving or loading a distillation")
    return pa


def to_bytes(columns: list[Any], names: list[str]) -> bytes:
    """Return columns as an Arrow IPC file."""
    pa = arrow()
    unlike: list[str] = []
    for name in names:  # a reader elsewhere tells columns apart by name
        own, n = name, 2
        while own in unlike:
            own, n = f"{name} ({n})", n + 1
        unlike.append(own)
    whole = [one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one for one in columns]
    table = pa.Table.from_arrays(whole, names=unlike)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def from_bytes(data: bytes, where: str) -> Any:
    """Return the table of an Arrow IPC file, every offset and index of it checked.

    The messages are read one after another, as of a stream: the list of places at the end of a
    file is not needed. A message that is packed is refused, as nothing says how large it would be.
    """
    pa = arrow()
    need(data.startswith(MAGIC), where, "an Arrow IPC file", "another beginning")
    stream = pa.py_buffer(data)[len(MAGIC) :]
    try:
        for message in pa.ipc.MessageReader.open_stream(stream):
            _refuse_packed(message.metadata.to_pybytes(), where)
        with pa.ipc.open_stream(stream) as reader:
            for field in reader.schema:
                need(is_simple(field.type, pa), where, "columns of one value a row", f"{field}")
            table = reader.read_all()
        table.validate(full=True)
    except (Damaged, MemoryError):
        raise
    except (pa.ArrowException, OSError, ValueError, struct.error) as error:
        raise refuse(where, "an Arrow IPC file", f"{type(error).__name__}: {error}") from error
    return table


def is_simple(kind: Any, pa: Any, *, lists: bool = True) -> bool:
    """Return whether a column of this type holds one plain value a row, or numbers in a list."""
    of = pa.types
    if of.is_large_list(kind) and lists:
        return bool(of.is_integer(kind.value_type) or _is_float(kind.value_type, of)) or bool(
            of.is_boolean(kind.value_type)
        )
    if of.is_dictionary(kind):
        return is_simple(kind.value_type, pa, lists=False)
    plain = (of.is_boolean, of.is_integer, of.is_floating, of.is_decimal, of.is_temporal)
    text = (of.is_string, of.is_large_string, of.is_string_view)
    return any(is_(kind) for is_ in (*plain, *text))


def _is_float(kind: Any, of: Any) -> bool:
    return bool(of.is_floating(kind))


def _refuse_packed(message: bytes, where: str) -> None:
    """Refuse a batch whose header names a codec (`RecordBatch.compression` of Message.fbs)."""
    table = struct.unpack_from("<I", message, 0)[0]
    kind = _slot(message, table, 1)
    need(kind is not None, where, "a message of a kind", "one of none")
    of = message[kind] if kind is not None else 0
    need(of in (SCHEMA, DICTIONARY, BATCH), where, "a schema or rows", f"message {of}")
    header = _table(message, _slot(message, table, 2), where)
    if of == DICTIONARY:
        header = _table(message, _slot(message, header, 1), where)
    if of != SCHEMA:
        need(_slot(message, header, 3) is None, where, "rows that are not packed", "packed ones")


def _table(message: bytes, at: int | None, where: str) -> int:
    need(at is not None, where, "a message with a header", "one without")
    assert at is not None
    return int(at + struct.unpack_from("<I", message, at)[0])


def _slot(message: bytes, table: int, place: int) -> int | None:
    """Return where a field of a flatbuffer's table lies; None where it is left out."""
    vtable = table - struct.unpack_from("<i", message, table)[0]
    if vtable < 0:
        raise struct.error("a table before the message")
    size = struct.unpack_from("<H", message, vtable)[0]
    at = 4 + 2 * place
    offset = struct.unpack_from("<H", message, vtable + at)[0] if at < size else 0
    return table + offset if offset else None

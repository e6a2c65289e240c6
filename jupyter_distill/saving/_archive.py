"""The file itself: a ZIP without compression, whose manifest says what every part must be."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from jupyter_distill.saving._refuse import Damaged, need, refuse

FORMAT, VERSION = "jupyter_distill.distillation", 1
MANIFEST = "manifest.json"
WHEN = (1980, 1, 1, 0, 0, 0)  # the same distillation gives the same bytes whenever it is saved
MOST_PARTS = 100_000


def written(members: dict[str, bytes], about: dict[str, Any]) -> bytes:
    """Return the bytes of a file of these parts."""
    listed = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(members.items())
    }
    manifest = {"format": FORMAT, "version": VERSION, **about, "members": listed}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, data in [(MANIFEST, dumped(manifest, indent=1)), *sorted(members.items())]:
            of = zipfile.ZipInfo(name, WHEN)
            of.external_attr = 0o644 << 16
            of.create_system = 3  # the same on every system
            archive.writestr(of, data)
    return held.getvalue()


def read(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return manifest and parts of a file; each part is there once and has its digest.

    Nothing is unpacked to a folder, and nothing is larger unpacked than it is in the file.
    """
    try:
        members = _members(data)
    except (Damaged, MemoryError):
        raise
    except Exception as error:  # a damaged archive makes zipfile raise many things
        raise Damaged(f"it cannot be read as a ZIP ({type(error).__name__}: {error})") from error
    need(MANIFEST in members, "the ZIP", MANIFEST, f"{len(members)} other parts")
    manifest = loaded(members.pop(MANIFEST), MANIFEST)
    need(isinstance(manifest, dict), MANIFEST, "an object", manifest)
    need(manifest.get("format") == FORMAT, MANIFEST, f"format {FORMAT!r}", manifest.get("format"))
    found = manifest.get("version")
    if type(found) is not int or found != VERSION:
        by = manifest.get("with")
        raise Damaged(
            f"it is written in version {str(found)[:40]} of the format; this reads {VERSION}"
            + (f" (it was saved with {str(by)[:200]})" if by else "")
        )
    listed = manifest.get("members")
    need(isinstance(listed, dict), MANIFEST, "a list of members", listed)
    assert isinstance(listed, dict)
    for name in sorted(set(listed) ^ set(members)):
        got = "in the file alone" if name in members else "in the list alone"
        raise refuse(name, "a part that both the manifest and the file name", got)
    for name, part in members.items():
        of = listed[name]
        digest = hashlib.sha256(part).hexdigest()
        need(isinstance(of, dict) and set(of) == {"size", "sha256"}, name, "size and digest", of)
        need(of["size"] == len(part), name, f"{of['size']} bytes", f"{len(part)}")
        need(of["sha256"] == digest, name, f"the digest {of['sha256']}", digest)
    return manifest, members


def _members(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        need(len(parts) <= MOST_PARTS, "the ZIP", f"at most {MOST_PARTS} parts", len(parts))
        room = len(data)
        for part in parts:
            plain = part.compress_type == zipfile.ZIP_STORED and not part.flag_bits & 1
            need(plain, part.filename, "a part that is not packed or locked", "one that is")
            need(part.file_size == part.compress_size, part.filename, "one size", "two")
            need(part.filename not in found, part.filename, "one part of the name", "two")
            room -= part.file_size
            need(room >= 0, part.filename, "no more bytes than the file has", part.file_size)
            found[part.filename] = archive.read(part)
    return found


def dumped(value: Any, indent: int | None = None) -> bytes:
    """Return plain values as JSON, the same bytes for the same values."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, sort_keys=True, allow_nan=False, indent=indent, separators=separators)
    return text.encode("ascii")


def loaded(data: bytes, where: str) -> Any:
    """Return what JSON says: strictly, each name once and every number finite."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        need(len(found) == len(pairs), where, "each name once", [name for name, _ in pairs])
        return found

    def never(text: str) -> Any:
        raise refuse(where, "a finite number", text)

    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=once, parse_constant=never, parse_float=_finite
        )
    except Damaged:
        raise
    except (ValueError, RecursionError) as error:
        raise refuse(where, "JSON", f"{type(error).__name__}: {error}") from error


def _finite(text: str) -> float:
    number = float(text)
    need(abs(number) != float("inf"), "JSON", "a finite number", text)
    return number

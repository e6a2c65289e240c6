"""Hundreds of damaged, altered and malicious files: each is refused by name, or read right."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jupyter_distill as jd
from jupyter_distill.saving._save import to_bytes
from tests.saved import changed, distilled, packed, parts_of, places, slim

# what is put in the place of a value: of another type, out of range, huge, or code
VALUES: list[Any] = [
    *(None, True, -1, 0, 1, 2, 10**6, 2**63, 10**400, -0.5, 1e308, "", "x", "nan", [], {}, ...),
    *([[]], {"float": "nan"}, {"float": "inf"}, {"tuple": []}, {"column": 99}, {"decimal": "9E9"}),
    *({"numpy": ["object", "x"]}, {"py/object": "os.system"}, "__import__('os').system('false')"),
    "../../../../etc/passwd",
    {"dtype": "object", "shape": [10**12], "order": "C", "values": []},
    {"dtype": "float64", "shape": [-1], "order": "C", "values": {"column": 0}},
]


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    """Small files of the families whose students are the most different."""
    made = [
        distilled("tree", "classification", n=60, size=2),
        distilled("rules", "regression", n=60, size=2),
        distilled("linear", "classification", n=60, size=2, temperature="auto"),
        distilled("ebm", "regression", n=60, size=2),
    ]
    return [to_bytes(slim(d)) for d in made]


def read(data: bytes, folder: Path) -> Any:
    """What loading says: a distillation that shows itself, or the refusal by name."""
    file = folder / "altered.distill"
    file.write_bytes(data)
    try:
        d = jd.load(file)
    except ValueError as error:
        assert type(error) is ValueError
        assert str(error).startswith("Expected 'altered.distill' to be a distillation")
        return str(error)
    # whoever gets one can look at it: nothing breaks later
    assert d.student.predict(d.table.native).shape == (d.table.n_rows,)
    assert np.isfinite(d.student.output(d.table)).all()
    assert d.ladder.frame().shape[0] == len(d.ladder)
    return d


def altered(plain: Any, rng: random.Random) -> Any:
    """A document with one value changed."""
    way = rng.choice(list(places(plain))[1:])
    return changed(plain, way, rng.choice(VALUES))


def test_of_six_hundred_files_each_is_refused_or_read_right(
    files: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*args: Any, **kwargs: Any) -> None:
        raise AssertionError(f"something was executed: {args}")

    for name in ("os.system", "subprocess.Popen", "pickle.loads", "pickle.load", "builtins.eval"):
        monkeypatch.setattr(name, run)
    rng = random.Random(0)
    refused = 0
    for number in range(600):
        data = files[number % len(files)]
        kind = number // len(files) % 4
        if kind == 0:  # a byte of the file
            place = rng.randrange(len(data))
            data = data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]
        elif kind == 1:
            data = data[: rng.randrange(len(data))]
        else:  # a part, with the digest that it then has
            parts = parts_of(data)
            name = rng.choice([one for one in parts if one != "manifest.json"])
            if name.endswith(".json"):
                parts[name] = json.dumps(altered(json.loads(parts[name]), rng)).encode()
            else:
                held = bytearray(parts[name])
                for _ in range(rng.choice([1, 4, 64])):
                    held[rng.randrange(len(held))] = rng.randrange(256)
                parts[name] = bytes(held)
            data = packed(parts)
        refused += isinstance(read(data, tmp_path), str)
    assert refused > 360  # the others: a byte that says nothing, a figure within its interval


def test_a_byte_of_a_part_is_refused_by_the_name_of_the_part(
    files: list[bytes], tmp_path: Path
) -> None:
    parts = parts_of(files[0])
    for name in parts:
        if name == "manifest.json":
            continue
        place = files[0].index(parts[name][:40]) + len(parts[name]) // 2
        data = files[0][:place] + bytes([files[0][place] ^ 1]) + files[0][place + 1 :]
        assert re.search(f"{re.escape(name)}|Bad CRC", read(data, tmp_path))

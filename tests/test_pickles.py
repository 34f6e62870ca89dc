"""The one unpickler of the toolkit, attacked by every opcode that could reach code, and by size."""

from __future__ import annotations

import pickle
import pickletools
import struct
import sys
import tracemalloc

import pytest

from toolkit.tokenization import pickles
from toolkit.tokenization.pickles import load_plain

MARK = b"("
SYSTEM_2 = b"cos\nsystem\n"
SYSTEM_4 = b"\x8c\x02os\x8c\x06system\x93"
ARGUMENTS = b"(X\x06\x00\x00\x00exit 1t"  # ("exit 1",)


def attack(body: bytes, protocol: int = 4) -> bytes:
    return b"\x80" + bytes([protocol]) + body + b"."


ATTACKS = {
    "GLOBAL": attack(SYSTEM_2),
    "GLOBAL of a harmless class": attack(b"cbuiltins\ndict\n"),
    "GLOBAL and REDUCE": attack(SYSTEM_2 + ARGUMENTS + b"R"),
    "STACK_GLOBAL": attack(SYSTEM_4),
    "STACK_GLOBAL and REDUCE": attack(SYSTEM_4 + ARGUMENTS + b"R"),
    "STACK_GLOBAL of no strings": attack(b"K\x01K\x02\x93"),
    "REDUCE of plain values": attack(b"]" + ARGUMENTS + b"R"),
    "INST": attack(b"(X\x06\x00\x00\x00exit 1ios\nsystem\n", 0),
    "OBJ": attack(MARK + SYSTEM_2 + b"X\x06\x00\x00\x00exit 1o", 1),
    "NEWOBJ": attack(SYSTEM_2 + ARGUMENTS + b"\x81"),
    "NEWOBJ of a plain value": attack(b"}" + ARGUMENTS + b"\x81"),
    "NEWOBJ_EX": attack(SYSTEM_4 + ARGUMENTS + b"}\x92"),
    "BUILD on a global": attack(SYSTEM_2 + b"}b"),
    "BUILD of attributes on a list": attack(b"]}X\x01\x00\x00\x00aK\x01sb"),
    "EXT1": attack(b"\x82\x01"),
    "EXT2": attack(b"\x83\x01\x00"),
    "EXT4": attack(b"\x84\x01\x00\x00\x00"),
    "PERSID": attack(b"Pid\n", 0),
    "BINPERSID": attack(b"K\x01Q"),
    "NEXT_BUFFER": attack(b"\x97", 5),
    "attribute of a module by dots": attack(b"\x8c\x08builtins\x8c\x0deval.__call__\x93"),
    "a later protocol": attack(b"N", 200),
    "stack that is empty": attack(b"s"),
    "mark that is not there": attack(b"t"),
    "memo that was never written": attack(b"h\x07"),
    "string longer than the file": attack(b"X" + struct.pack("<I", 2**31 - 1) + b"a"),
    "string of exabytes": attack(b"\x8d" + struct.pack("<Q", 2**62) + b"a"),
    "bytes of exabytes": attack(b"\x8e" + struct.pack("<Q", 2**63 - 1) + b"a"),
    "bytearray of exabytes": attack(b"\x96" + struct.pack("<Q", 2**40), 5),
    "frame longer than the file": attack(b"\x95" + struct.pack("<Q", 2**40) + b"N"),
    "number of no digits": attack(b"Ix\n", 0),
    "number of negative length": attack(b"\x8b" + struct.pack("<i", -5)),
    "key that cannot be hashed": attack(b"}]Ns"),
    "set of lists": attack(b"\x8f(]\x90"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_by_opcode_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[object] = []
    monkeypatch.setattr("builtins.__import__", lambda *args, **kwargs: imported.append(args))
    with pytest.raises(ValueError, match="not a plain pickle"):
        load_plain(ATTACKS[name])
    assert imported == []


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", [print, complex, pickle.Unpickler, range(3), ValueError("x"), 1j])
def test_what_needs_an_import_is_refused_in_every_protocol(value: object, protocol: int) -> None:
    with pytest.raises(ValueError, match="not a plain pickle"):
        load_plain(pickle.dumps(value, protocol))


def test_every_opcode_that_finds_or_calls_is_attacked() -> None:
    reached = {opcode.name for data in ATTACKS.values() for opcode in opcodes(data)}
    dangerous = {"GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX"}
    assert dangerous | {"EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID"} <= reached


def opcodes(data: bytes) -> list[pickletools.OpcodeInfo]:
    found = []
    try:
        for opcode, _, _ in pickletools.genops(data):
            found.append(opcode)
    except (ValueError, struct.error):
        pass
    return found


@pytest.mark.parametrize("place", [2**20, 2**31 - 1, 2**32 - 1])
def test_far_place_in_the_memo_takes_no_memory(place: int) -> None:
    """The C unpickler's memo is an array as long as its highest place, so this is 32 GiB to it."""
    data = attack(b"K\x01r" + struct.pack("<I", place))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="not a plain pickle"):
            load_plain(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_lists_that_hold_each_other_ten_times_over_stay_small() -> None:
    """A thousand million strings to whoever walks it, a hundred references in memory."""
    body = b"]\x94(" + b"X\x02\x00\x00\x00ha" * 10 + b"e"
    for level in range(8):
        body += b"0]\x94(" + (b"h" + bytes([level])) * 10 + b"e"
    tracemalloc.start()
    value = load_plain(attack(body))
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
    assert isinstance(value, list)


def test_deep_nesting_does_not_bring_the_process_down() -> None:
    depth = 50 * sys.getrecursionlimit()
    data = attack(b"]" * depth + b"a" * (depth - 1))
    value = load_plain(data)
    for _ in range(depth - 1):
        (value,) = value  # type: ignore[misc]
    assert value == []


def test_only_this_package_file_holds_the_unpickler() -> None:
    assert pickles._PlainUnpickler.__mro__[1] is pickle.Unpickler

"""Tiny prefix files for tests, written by the formats' descriptions. Their rows are invented."""

import struct

PLACES = {
    1390564: ("安徽", "六安", "237000", "0564"),
    1390565: ("安徽", "六安", "237000", "564"),
    1390551: ("安徽", "合肥", "230000", "0551"),
    1970000: ("", "", "", ""),
}


def phone_dat(places: dict[int, tuple[str, ...]] | None = None, version: bytes = b"2411") -> bytes:
    records, entries = b"", []
    for prefix, place in sorted((PLACES if places is None else places).items()):
        entries.append((prefix, 8 + len(records), 1))
        records += "|".join(place).encode() + b"\0"
    index = b"".join(struct.pack("<iib", *entry) for entry in entries)
    return struct.pack("<4si", version, 8 + len(records)) + records + index


CSV = "\ufeff# 2025-02\nprefix,province,city,area_code\n1390564,安徽,六安,0564\n139055,安徽,合肥,0551\n"

#!/usr/bin/env python3
# Draws the marks of the two invented sample banks (bank_a.png, bank_b.png) beside this file: 240 x 240, transparent outside. Needs nothing but Python.
# A real bank's mark is that bank's own file under the same name.
import math, pathlib, struct, zlib

SIDE, FINE = 240, 3  # pixels, and sub-pixels a side of each


def wave(x, middle, height, length, phase):
    return middle + height * math.sin(2 * math.pi * (x / length + phase))


def river(x, y):
    """A disc of deep teal: a sun over two bands of water."""
    if math.hypot(x, y) > 0.97: return None
    if math.hypot(x, y + 0.30) < 0.27: return (255, 255, 255)
    for middle in (0.22, 0.54):
        if abs(y - wave(x, middle, 0.075, 0.98, 0.06)) < 0.085: return (255, 255, 255)
    return (0, 108, 118)


def hills(x, y):
    """A rounded square of dark red: three peaks and their foot."""
    a, b = abs(x), abs(y)
    if max(a, b) > 0.94 or (a > 0.66 and b > 0.66 and math.hypot(a - 0.66, b - 0.66) > 0.28): return None
    peaks = ((-0.40, 0.02, 1.15), (0.06, -0.48, 1.35), (0.42, -0.08, 1.4))
    ridge = min(top + abs(x - at) * steep for at, top, steep in peaks)
    if ridge < y < 0.36 and a < 0.74: return (255, 255, 255)
    if 0.47 < y < 0.60 and a < 0.74: return (255, 255, 255)
    return (158, 27, 40)


def draw(shape):
    rows = []
    for py in range(SIDE):
        row = bytearray([0])
        for px in range(SIDE):
            seen = [shape(((px + (i + 0.5) / FINE) / SIDE) * 2 - 1, ((py + (j + 0.5) / FINE) / SIDE) * 2 - 1) for j in range(FINE) for i in range(FINE)]
            inside = [c for c in seen if c]
            mean = [round(sum(c[k] for c in inside) / len(inside)) for k in range(3)] if inside else [0, 0, 0]
            row += bytes(mean + [round(255 * len(inside) / len(seen))])
        rows.append(bytes(row))
    return b"".join(rows)


def png(pixels):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


for name, shape in (("bank_a", river), ("bank_b", hills)):
    (pathlib.Path(__file__).parent / f"{name}.png").write_bytes(png(draw(shape)))

"""The outline of land for the map, out of Natural Earth (1:110 million, public domain), which an old release of geopandas contains. It is fetched once, into .local/data.

What borders on another country is left out: where borders are is not for a maintenance system to say.
"""
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPES = ROOT / ".local/data/naturalearth_lowres.shp"
PACKAGE = "geopandas==0.14.4 --hash=sha256:3bb6473cb59d51e1a7fe2dbc24a1a063fb0ebdeddf3ce08ddbf8c7ddc99689aa"
MEMBER = "geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp"
# What is drawn has steps of this part of a degree: about a kilometre, far below what the source knows.
STEPS = 100


def fetch():
    """The shapes of all countries. Throws when they can't be had."""
    if SHAPES.exists():
        return SHAPES.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        wanted = pathlib.Path(folder) / "requirements.txt"
        wanted.write_text(PACKAGE)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15", "--no-deps", "--require-hashes", "-d", folder, "-r", wanted],
            check=True, capture_output=True, text=True,
        )
        [wheel] = pathlib.Path(folder).glob("*.whl")
        content = zipfile.ZipFile(wheel).read(MEMBER)
    SHAPES.parent.mkdir(parents=True, exist_ok=True)
    # A file appears only when it is complete.
    new = SHAPES.with_suffix(".new")
    new.write_bytes(content)
    new.replace(SHAPES)
    return content


def rings(shapes):
    """The rings of a file of polygons (ESRI Shapefile Technical Description, July 1998)."""
    at = 100
    while at < len(shapes):
        [words] = struct.unpack_from(">i", shapes, at + 4)
        record = at + 8
        parts, points = struct.unpack_from("<2i", shapes, record + 36)
        starts = [*struct.unpack_from(f"<{parts}i", shapes, record + 44), points]
        first = record + 44 + 4 * parts
        for start, end in zip(starts, starts[1:]):
            values = struct.unpack_from(f"<{2 * (end - start)}d", shapes, first + 16 * start)
            yield list(zip(values[::2], values[1::2]))
        at = record + 2 * words


def outlines(polygons):
    """Rings around all the land that hangs together: what two countries share, in one direction each, is within it."""
    edges = {edge for ring in polygons for edge in zip(ring, ring[1:])}
    after = {}
    for start, end in sorted(edges):
        if (end, start) not in edges:
            after.setdefault(start, []).append(end)
    while after:
        start = here = min(after)
        ring = [start]
        while True:
            ends = after[here]
            there = ends.pop()
            if not ends:
                del after[here]
            here = there
            if here == start:
                break
            ring.append(here)
        yield ring


def encoded(ring):
    """In steps: where it begins, and how far it is from each point to the next."""
    points = [(round(x * STEPS), round(y * STEPS)) for x, y in ring]
    moves = [points[0], *((x - before_x, y - before_y) for (before_x, before_y), (x, y) in zip(points, points[1:]))]
    return ",".join(str(value) for move in moves for value in move)


def module():
    """The source of a module with the outlines; without a network, with none."""
    try:
        lines = [encoded(ring) for ring in outlines(list(rings(fetch())))]
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        said = (getattr(error, "stderr", None) or str(error)).splitlines()
        why = next((line for line in reversed(said) if line.startswith("ERROR")), (said or [""])[-1])
        print(f"web: no outline of land, so the map has a grid alone: {why[:120]}", file=sys.stderr)
        lines = []
    return f"export const steps = {STEPS};\nexport const rings: number[][] = [\n" + "".join(f"[{line}],\n" for line in lines) + "];\n"

"""python compress.py FOLDER: writes a .br and a .gz beside each file of a folder that gets smaller by it."""

import gzip
import sys
from pathlib import Path

import brotli

_COMPRESSED_ALREADY = {".woff2", ".png", ".webp", ".br", ".gz"}


def main(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in _COMPRESSED_ALREADY:
            content = path.read_bytes()
            path.with_name(f"{path.name}.br").write_bytes(brotli.compress(content, quality=11))
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

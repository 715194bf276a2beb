#!/usr/bin/env python3
"""Between the folder that a fuzzer works in and the file that the repository keeps.

corpus.py unpack NAME FOLDER   every line of corpora/NAME as a file in FOLDER
corpus.py pack NAME FOLDER     the files of FOLDER into corpora/NAME, the smallest first, until there are enough

To keep what a fuzzer has learnt, let it choose first: fuzz_NAME -merge=1 CHOSEN FOLDER
"""
import base64
import hashlib
import pathlib
import sys

CORPORA = pathlib.Path(__file__).parent / "corpora"
MOST_BYTES = 12_000
LARGEST = 3_000  # an account that moves has 2,200 and more


def unpack(name, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for line in (CORPORA / name).read_text().splitlines():
        content = base64.b64decode(line)
        (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def pack(name, folder):
    known = (CORPORA / name).read_text().splitlines() if (CORPORA / name).exists() else []
    inputs = sorted((file.read_bytes() for file in folder.iterdir()), key=lambda content: (len(content), content))
    total = sum(map(len, known))
    lines = dict.fromkeys(known)
    for content in inputs:
        total += len(content)
        if len(content) > LARGEST or total > MOST_BYTES:
            continue
        lines[base64.b64encode(content).decode()] = None
    CORPORA.mkdir(exist_ok=True)
    (CORPORA / name).write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    globals()[sys.argv[1]](sys.argv[2], pathlib.Path(sys.argv[3]))

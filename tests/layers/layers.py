#!/usr/bin/python3
"""layers.py [PROJECT]: every include of the product against the table of folders in CONTRIBUTING.md.

Ends 1, with a line for each, when an include runs against the table, when its file is not where it says or is in two
places, when a folder has no row or its library links something else than its row says, when a row allows what nobody
uses, and when the table has a circle. And when a file names an integer of fixed width and neither it nor its header
includes <cstdint>: with one release of libstdc++ that compiles, with the next it does not.
"""
import pathlib
import re
import sys
from graphlib import CycleError, TopologicalSorter

TOPS = ("common", "pam_module", "admin_tool")
GENERATED = ("paths.h", "tool_paths.h")
FIXED_WIDTH = re.compile(r"\bu?int(8|16|32|64)_t\b")
ROW = re.compile(r"^\| `((?:" + "|".join(TOPS) + r")[a-z0-9_/]*)` \|([^|]*)\|([^|]*)\|$")


class Project:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = {str(path.relative_to(self.root)): path for top in TOPS
                      for path in sorted((self.root / top).rglob("*")) if path.suffix in (".cpp", ".h")}
        self.folders = {folder_of(file) for file in self.files}
        self.table = self._table()

    def _table(self):
        """Folder -> the folders it may use."""
        rows = {}
        for line in (self.root / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines():
            row = ROW.match(line)
            if row:
                folder, common, beside = row.groups()
                top = folder.split("/")[0]
                rows[folder] = {f"common/{name}" for name in common.split()} | {f"{top}/{name}" for name in beside.split()}
        return rows

    def includes(self):
        """(file, line number, what is written, the files that may be meant)"""
        for file, path in self.files.items():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                written = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
                if written and written[1] not in GENERATED:
                    yield file, number, written[1], self._meant(file, written[1])

    def _meant(self, file, written):
        """The preprocessor looks beside the file first, then below each root of the include path."""
        beside = f"{folder_of(file)}/{written}"
        if beside in self.files:
            return [beside]
        return [f"{top}/{written}" for top in TOPS if f"{top}/{written}" in self.files]

    def libraries(self):
        """Folder -> (library, what it links), as the CMakeLists.txt of the folders say."""
        return {str(path.parent.relative_to(self.root)): _library(path.read_text(encoding="utf-8"))
                for top in TOPS for path in sorted((self.root / top).rglob("CMakeLists.txt"))}


def folder_of(file):
    return str(pathlib.PurePosixPath(file).parent)


def _library(text):
    """The name of the folder's library and the names it USES; further libraries of the same folder."""
    call = re.search(r"^secondstep_(tool_)?folder\((\w+)([^)]*)\)", text, re.M)
    further = re.findall(r"^add_library\(secondstep_(\w+) STATIC", text, re.M)
    if not call:
        return None, set(), further
    uses = re.search(r"\bUSES((?:\s+[a-z0-9_]+)*)", call[3])
    return (call[1] or "") + call[2], set(uses[1].split()) if uses else set(), further


def wrong_includes(project):
    used = {folder: set() for folder in project.folders}
    for file, number, written, meant in project.includes():
        here = folder_of(file)
        if len(meant) != 1:
            yield f'{file}:{number}: "{written}" is ' + (" and ".join(meant) if meant else "no file of the product")
            continue
        there = folder_of(meant[0])
        if there == here:
            continue
        used[here].add(there)
        if there not in project.table.get(here, set()):
            yield f"{file}:{number}: {here} may not use {there} (the table in CONTRIBUTING.md)"
    for folder, allowed in sorted(project.table.items()):
        for name in sorted(allowed - used.get(folder, set())):
            yield f"CONTRIBUTING.md: {folder} does not use {name}"


def wrong_rows(project):
    for folder in sorted(project.folders - project.table.keys()):
        yield f"CONTRIBUTING.md: {folder} has no row in the table of folders"
    for folder in sorted(project.table.keys() - project.folders):
        yield f"CONTRIBUTING.md: there is no folder {folder}"
    try:
        TopologicalSorter(project.table).prepare()
    except CycleError as circle:
        yield "CONTRIBUTING.md: a circle: " + " <- ".join(circle.args[1])


def wrong_links(project):
    libraries = project.libraries()
    folders = {library: folder for folder, (library, _, _) in libraries.items() if library}
    folders |= {library: folder for folder, (_, _, further) in libraries.items() for library in further}
    for folder, (library, uses, _) in sorted(libraries.items()):
        if not library:
            continue
        linked = {folders.get(name, f"(no library {name})") for name in uses} - {folder}
        for name in sorted(linked ^ project.table.get(folder, set())):
            yield f"{folder}/CMakeLists.txt: {'links' if name in linked else 'does not link'} {name}, other than its row says"


def without_cstdint(project):
    for file, path in project.files.items():
        text = path.read_text(encoding="utf-8")
        header = project.files.get(file.removesuffix(".cpp") + ".h")
        written = text if header is None or header == path else text + header.read_text(encoding="utf-8")
        if FIXED_WIDTH.search(re.sub(r"//.*", "", text)) and "#include <cstdint>" not in written:
            yield f"{file}: names an integer of fixed width without <cstdint>"


def complaints(root):
    project = Project(root)
    return [*wrong_rows(project), *wrong_includes(project), *wrong_links(project), *without_cstdint(project)]


if __name__ == "__main__":
    found = complaints(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    print("\n".join(found) or "every include keeps to the table")
    sys.exit(1 if found else 0)

#!/usr/bin/python3
"""single_host.py PROJECT: that a machine in no fleet has, starts and waits for nothing of one.

Ends 1, with a line for each, when a package beside secondstep-fleet has a file of the relay, when a unit that is not the
relay's names it, when a maintainer script of another package does, or when `fleet` is not none by default.
"""
import pathlib
import re
import sys


def complaints(project):
    debian = project / "etc/packaging/debian"
    for file in sorted(debian.glob("*.install")):
        for line in file.read_text(encoding="utf-8").split():
            if ("relay" in line or "hosts.socket" in line) and file.stem != "secondstep-fleet":
                yield f"{file.name} has {line}, which is for secondstep-fleet alone"
    for pattern in ("*.postinst", "*.prerm", "*.postrm"):
        for file in sorted(debian.glob(pattern)):
            if file.stem != "secondstep-fleet" and "relay" in file.read_text(encoding="utf-8"):
                yield f"{file.name} knows the relay"
    spec = (project / "etc/packaging/rpm/secondstep.spec").read_text(encoding="utf-8")
    for name, files in re.findall(r"^%files ?([^\n]*)\n(.*?)(?=^%(?:files|post|pre)\b|\Z)", spec + "\n%files end\n", re.M | re.S):
        if "relay" in files and name.strip() != "fleet":
            yield f"secondstep.spec: %files {name} has a file of the relay"
    for file in sorted((project / "etc/systemd").glob("*.*")):
        if not file.name.startswith(("secondstep-relay", "secondstep-hosts")) and "relay" in file.read_text(encoding="utf-8"):
            yield f"{file.name} names the relay: it would be started, or waited for"
    options = (project / "common/policy/options.cpp").read_text(encoding="utf-8")
    if '"fleet", "none"' not in options:
        yield "options.cpp: a machine is in a fleet by default"


if __name__ == "__main__":
    found = list(complaints(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "a single host has nothing of a fleet")
    sys.exit(1 if found else 0)

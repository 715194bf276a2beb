#!/usr/bin/python3
"""options.py PROJECT COMPILER: configures Secondstep as distributions do, and looks at what would be built and installed.

Ends 1, with a line for each, when a part that is switched off still needs its libraries or installs something, when
without the parts another program is built by other commands than with them (those of the whole build are tried by every
test), when the daemons are named in another place than the one they are installed in, when a directory that was chosen is not
used, or when a warning would end the build of somebody who has not asked for that.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

# Option -> the program it leaves out, and the packages that nothing else needs.
PARTS = {"QR_READER": ("secondstep-qr-reader", ("ZXing", "JPEG")), "PSKC": ("secondstep-pskc-reader", ("LibXml2",)),
         "COURIER": ("secondstep-courier", ("libcurl",)), "FLEET": ("secondstep-relay", ())}
PROGRAMS = [program for program, _ in PARTS.values()]
ALL_OFF = [f"-DSECONDSTEP_WITH_{option}=OFF" for option in PARTS]
OTHERS = ("pam_secondstep", "secondstepd", "secondstep_tool")
DAEMONS = "/usr/libexec/secondstep-daemons"
# Option -> the directory that is chosen, and what would lie in the one of before.
DIRECTORIES = {"UNIT_DIR": ("/usr/lib/chosen/units", "lib/systemd/system"),
               "SYSUSERS_DIR": ("/usr/lib/chosen/accounts", "lib/sysusers.d"),
               "TMPFILES_DIR": ("/usr/lib/chosen/directories", "lib/tmpfiles.d")}


def configure(project, compiler, build, words, without=()):
    """`without`: packages that cannot be found, whether they are installed or not."""
    tools = build / "tools"
    tools.mkdir(parents=True)
    refused = "|".join(f"*{name}*" for name in without) or "-"
    (tools / "pkg-config").write_text(
        f'#!/bin/sh\ncase "$*" in {refused}) exit 1 ;; esac\nPATH={os.environ["PATH"]} exec pkg-config "$@"\n')
    (tools / "pkg-config").chmod(0o755)
    hidden = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in without]
    subprocess.run(["cmake", "-G", "Ninja", "-S", project, "-B", build, f"-DCMAKE_CXX_COMPILER={compiler}",
                    f"-DPKG_CONFIG_EXECUTABLE={tools}/pkg-config", "-DSECONDSTEP_TESTS=OFF", *hidden, *words],
                   check=True, stdout=subprocess.DEVNULL)
    return build


def installed(build):
    """What the scripts of installation name."""
    return "".join(path.read_text() for path in build.rglob("cmake_install.cmake"))


def without_parts(project, compiler, build):
    configure(project, compiler, build, ALL_OFF, ("ZXing", "JPEG", "LibXml2", "libcurl", "libseccomp"))
    text = installed(build)
    built = programs(build)
    for part in ("qr-reader", "pskc-reader", "courier", "secondstep-relay"):  # and what belongs to it
        if part in text:
            yield f"without it {part} is installed all the same"
    for program in PROGRAMS:
        if program in built:
            yield f"without it {program} is built all the same"


def without_one_part(project, compiler, build):
    for option, (program, packages) in PARTS.items():
        # With the tests: that theirs can be configured without it.
        built = programs(configure(project, compiler, build / option,
                                   [f"-DSECONDSTEP_WITH_{option}=OFF", "-DSECONDSTEP_TESTS=ON"], packages))
        for other in PROGRAMS:
            if (other in built) == (other == program):
                yield f"with SECONDSTEP_WITH_{option}=OFF {other} is {'' if other in built else 'not '}built"


def programs(build):
    """The names of what can be built."""
    done = subprocess.run(["ninja", "-C", build, "-t", "targets", "all"], check=True, capture_output=True, text=True)
    return {line.split(":")[0].rsplit("/", 1)[-1] for line in done.stdout.splitlines()}


def commands(build, *targets):
    done = subprocess.run(["ninja", "-C", build, "-t", "commands", *targets], check=True, capture_output=True, text=True)
    return set(done.stdout.replace(str(build), "BUILD").splitlines())


def without_parts_the_others_are_the_same(project, compiler, build):
    whole = commands(configure(project, compiler, build / "whole", []), *OTHERS)
    # With the tests: that theirs can be configured too.
    without = commands(configure(project, compiler, build / "without", [*ALL_OFF, "-DSECONDSTEP_TESTS=ON"]), *OTHERS)
    for command in sorted(without ^ whole):
        yield f"{'without' if command in without else 'with'} the parts alone: {command}"
    # The control: that nothing else is asked for would look the same.
    if len(whole) < 100:
        yield f"{', '.join(OTHERS)} are made by {len(whole)} commands: this test would find nothing"


def each_needs_its_own(project, compiler, build):
    """The control: what cannot be found is missed by the part it is for."""
    for name in ("ZXing", "JPEG", "LibXml2", "libcurl", "libseccomp"):
        try:
            configure(project, compiler, build / name, [], (name,))
            yield f"nothing needs {name}: this test would find nothing either"
        except subprocess.CalledProcessError:
            pass


def as_a_packager_says(project, compiler, build):
    configure(project, compiler, build, [f"-DSECONDSTEP_DAEMON_DIR={DAEMONS}",
                                         *(f"-DSECONDSTEP_{option}={chosen}" for option, (chosen, _) in DIRECTORIES.items())])
    yield from daemons_elsewhere(build)
    text = installed(build)
    for option, (chosen, before) in DIRECTORIES.items():
        if chosen not in text:
            yield f"SECONDSTEP_{option} is not used"
        if before in text:
            yield f"with SECONDSTEP_{option} something is installed in {before} all the same"
    if "-Werror" in (build / "compile_commands.json").read_text():
        yield "a warning ends the build, though nobody has asked for that"
    # The control: the warnings themselves are there.
    if "-Wconversion" not in (build / "compile_commands.json").read_text():
        yield "there are no warnings: this test would find nothing"


def daemons_elsewhere(build):
    for file, line in (("etc/secondstepd.service", f"ExecStart={DAEMONS}/secondstepd\n"),
                       ("etc/secondstep-courier@.service", f"ExecStart={DAEMONS}/secondstep-courier\n"),
                       ("etc/secondstep-relay.service", f"ExecStart={DAEMONS}/secondstep-relay\n"),
                       ("etc/apparmor/secondstepd", f"profile secondstepd {DAEMONS}/secondstepd {{\n"),
                       ("etc/apparmor/secondstep-courier", f"profile secondstep-courier {DAEMONS}/secondstep-courier {{\n"),
                       ("etc/apparmor/secondstep-relay", f"profile secondstep-relay {DAEMONS}/secondstep-relay {{\n"),
                       ("generated/paths.h", f'"{DAEMONS}/secondstepd"'),
                       ("admin_tool/generated/tool_paths.h", f'courier_program[] = "{DAEMONS}/secondstep-courier"'),
                       ("admin_tool/generated/tool_paths.h", f'courier_command[] = "{DAEMONS}/secondstep-courier"'),
                       ("pam_module/secondstepd/cmake_install.cmake", f"{DAEMONS}/secondstepd"),
                       ("pam_module/courier/cmake_install.cmake", f"{DAEMONS}/secondstep-courier"),
                       ("pam_module/relay/cmake_install.cmake", f"{DAEMONS}/secondstep-relay")):
        if line not in (build / file).read_text():
            yield f"{file} does not say {line.strip()}"
    if "sbin/secondstepd" in installed(build):
        yield "secondstepd is installed in sbin too"


def main():
    project, compiler = pathlib.Path(sys.argv[1]), sys.argv[2]
    found = []
    for look in (without_parts, without_one_part, without_parts_the_others_are_the_same, each_needs_its_own, as_a_packager_says):
        with tempfile.TemporaryDirectory(prefix="secondstep-options.") as directory:
            found += look(project, compiler, pathlib.Path(directory) / "build")
    print("\n".join(found) or "parts can be left out, and daemons are where they are said to be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

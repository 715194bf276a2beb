#!/usr/bin/python3
"""rpm_install.py PROJECT BUILD [--instead OLD NEW] [PATTERN...]: the packages of etc/packaging/rpm/secondstep.spec installed,
upgraded and removed by rpm(8), each scenario on a machine of its own (an overlay over this one, in namespaces).

What would be compiled is taken from BUILD, a build of the same files. --instead has NEW in the place of OLD in the spec: a
control. PATTERN: only scenarios whose name has it. Ends 77 without root, rpm, pamtester or namespaces.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
import rpm_scenarios  # noqa: E402
from machine import mount  # noqa: E402
from rpm_machine import RpmMachine, possible  # noqa: E402
from rpm_packages import RpmPackages  # noqa: E402

# As the systemd-rpm-macros of systemd 256 do it (Fedora 41, RHEL 10), without the helper program between them and systemctl.
# What is marked is restarted at the end of the transaction, by a file trigger of systemd's own: reload-or-restart --marked.
# %systemd_postun does nothing, and %systemd_ordering is a hint to rpm's order alone.
SYSTEMD_MACROS = {
    "systemd_ordering": "OrderWithRequires(post,preun,postun): systemd",
    "systemd_post()": "if [ $1 -eq 1 ]; then systemctl --no-reload preset %{?*} || :; fi",
    "systemd_preun()": "if [ $1 -eq 0 ]; then systemctl --no-reload disable --now %{?*} || :; fi",
    "systemd_postun()": "%{nil}",
    "systemd_postun_with_restart()":
        "if [ $1 -ge 1 ]; then for unit in %{?*}; do systemctl set-property $unit Markers=+needs-restart || :; done; fi",
}
NEXT_CONFIGURATION = "echo '# of the next release' >>%{buildroot}%{_datadir}/secondstep/secondstep.conf"


def of_the_next_release(text):
    changed = text.replace("Release:        1%", "Release:        2%").replace("\n%post\n", f"\n{NEXT_CONFIGURATION}\n\n%post\n", 1)
    assert changed.count(NEXT_CONFIGURATION) == 1 and "Release:        2%" in changed, "the spec has another form"
    return changed


def packages(options, place):
    def tried(text):
        for old, new in options.instead:
            assert old in text, f"not in the spec: {old}"
            text = text.replace(old, new)
        return text

    def make(name, edited):
        return RpmPackages(options.project, options.build, place / name, SYSTEMD_MACROS, edited)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        made = list(pool.map(make, ("first", "next"), (tried, lambda text: of_the_next_release(tried(text)))))
    for release in made:
        assert release.files, release.said
    return made


def run_scenario(name, scenario, place, releases):
    began = time.monotonic()
    # Short: the path of a socket has a hundred characters.
    machine = RpmMachine(tempfile.mkdtemp(dir=place), *releases)
    try:
        scenario(machine)
        print(f"passed  {name}  {time.monotonic() - began:.1f} s", flush=True)
        return True
    except Exception:
        traceback.print_exc()
        print(f"FAILED  {name}", flush=True)
        return False
    finally:
        machine.end()


def run_all(options, place):
    mount("-t", "tmpfs", "tmpfs", str(place))
    releases = packages(options, place)
    results = [run_scenario(name, scenario, place, releases) for name, scenario in vars(rpm_scenarios).items()
               if getattr(scenario, "__module__", "") == rpm_scenarios.__name__ and callable(scenario) and name[0] != "_"
               and (not options.patterns or any(pattern in name for pattern in options.patterns))]
    print(f"{results.count(True)} of {len(results)} passed")
    return 0 if results and all(results) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--instead", nargs=2, action="append", default=[])
    parser.add_argument("--place", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("patterns", nargs="*")
    options = parser.parse_intermixed_args()
    if options.place:
        return run_all(options, options.place)
    reason = possible()
    if reason:
        print(f"SKIPPED: {reason}")
        return 77
    with tempfile.TemporaryDirectory() as place:
        return subprocess.run(["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "--propagation",
                               "private", "--mount-proc", sys.executable, __file__, *sys.argv[1:], "--place", place],
                              check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}).returncode


sys.exit(main())

#!/usr/bin/python3
"""What rpmbuild makes of etc/packaging/rpm/secondstep.spec, with programs that were built before in the place of %build's
compilation. `rpm_packages.py MADE BUILD` is what stands there in the spec of a trial."""
import pathlib
import re
import shutil
import subprocess
import sys

PACKAGES = {"secondstep", "pam_secondstep", "secondstep-courier", "secondstep-fleet", "secondstep-import", "secondstep-qr"}
SPEC = "etc/packaging/rpm/secondstep.spec"


def run(*words):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def bring(made, build):
    """What a compiler would have put into the directory `made`."""
    for script in made.rglob("cmake_install.cmake"):
        for name in re.findall(rf'"{re.escape(str(made))}/([^"$]+)"', script.read_text(encoding="utf-8")):
            # Not there: what a newer cmake only writes while it installs.
            if not (made / name).exists() and (build / name).exists():
                (made / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(build / name, made / name)


class RpmPackages:
    """`edited` gives the text of the spec that is tried. `files` is empty where rpmbuild, whose words `said` are, made none."""

    def __init__(self, project, build, place, macros, edited=lambda text: text):
        place.mkdir(parents=True, exist_ok=True)
        made = place / "cmake"
        spec = place / "secondstep.spec"
        spec.write_text(self._without_compilation(edited((project / SPEC).read_text(encoding="utf-8")), made, build),
                        encoding="utf-8")
        defined = {**macros, "_topdir": place / "top", "_dbpath": place / "db", "builddir_of_cmake": made,
                   "_binary_payload": "w0.gzdio", "_build_id_links": "none", "debug_package": "%{nil}"}
        words = [word for name, value in defined.items() for word in ("--define", f"{name} {value}")]
        status, self.said = run("env", "-C", project, "rpmbuild", "--build-in-place", "--nodeps", "-bb", *words, spec)
        files = sorted((place / "top" / "RPMS").rglob("*.rpm")) if status == 0 else []
        self.files = {self._name_of(file): file for file in files}

    @staticmethod
    def _without_compilation(text, made, build):
        text, replaced = re.subn(r"^cmake --build .*$", f"{sys.executable} {__file__} {made} {build}", text, flags=re.M)
        assert replaced == 1, "the spec compiles in another way"
        return text

    @staticmethod
    def _name_of(file):
        return run("rpm", "-qp", "--queryformat", "%{NAME}", file)[1]

    def paths(self, name):
        return run("rpm", "-qpl", self.files[name])[1].split()


if __name__ == "__main__":
    bring(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

"""debian/tests, as whoever tests a distribution runs them."""
import glob
import os
import shutil

from machine import ALL


def shows_the_demonstration_with_the_installed_packages(machine):
    machine.install()
    machine.run("apt-get", "install", "-y", "--no-install-recommends", "autopkgtest", "dpkg-dev")
    sources = "/packages/source"
    os.makedirs(machine.path(sources))
    for file in glob.glob(machine.packages + "/*.dsc") + glob.glob(machine.packages + "/*.tar.*"):
        shutil.copy(file, machine.path(sources))
    description = sources + "/" + os.path.basename(glob.glob(machine.packages + "/*.dsc")[0])
    # `null` of Debian 12 says of every machine that it is one of its own; that of Debian 13 does not, and this one is.
    done = machine.try_run("autopkgtest", "--no-built-binaries", "--ignore-restrictions=isolation-machine",
                           *machine.bring(ALL), description, "--", "null")
    assert done.status == 0, done.text[-5000:]
    assert "demo                 PASS" in done.text, done.text[-2000:]

"""The power fails right after somebody was let in: what the disk holds at that moment is all there is afterwards. Their
code must be used up on it. A few cuts in every run, 120 with `tests/run --long`."""
import json
import os
import shutil
import subprocess

from crowds import enroll_many, open_portal, rounds
from dialogue import phone_with
from injected import log_in
from web01 import STORE, Skipped, run

DISK = "/run/disk"
CUT = "/run/disk-after-the-cut"


def _mount(disk):
    mounted = subprocess.run(["mount", "-o", "loop", disk, STORE], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        raise Skipped(f"no loop device here: {mounted.stderr.strip()}")


def _move_store_to_a_disk_of_its_own():
    run("cp", "-a", STORE, "/run/store")
    about = os.stat(STORE)
    run("truncate", "-s", "64M", DISK)
    run("mkfs.ext4", "-q", "-b", "4096", DISK)
    _mount(DISK)
    os.rmdir(f"{STORE}/lost+found")
    run("cp", "-a", "/run/store/.", STORE)
    os.chown(STORE, about.st_uid, about.st_gid)
    os.chmod(STORE, 0o700)
    run("sync", "-f", STORE)


def _cuts(web01, how_many, log_in_once):
    """How many of the codes were accepted again after the cut."""
    open_portal(web01)
    people = enroll_many(web01, how_many)
    _move_store_to_a_disk_of_its_own()
    again = 0
    for person in people:
        code = person.phone.code()
        assert log_in_once(person.name, code)
        shutil.copyfile(DISK, CUT)  # what has not reached the disk is not in it
        run("umount", STORE)
        _mount(CUT)
        again += log_in(person.name, code)
        run("umount", STORE)
        _mount(DISK)
    run("umount", STORE)
    return again


_UNSYNCED = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
             "-e", "inject=fdatasync,fsync:retval=0"]


def _add_tablet(web01, person, under):
    """Its key, when the tool has said that it is added."""
    made = json.loads(run(*under, "secondstep", "enroll", person.name, "--add", "--name", "tablet", "--no-confirm",
                          "--json"))
    web01.planted.append(made["key"])
    return made["key"]


def _devices_that_are_left(web01, how_many, under=()):
    """Of those that were called added right before the cut. What was used up before stays used up in any case: no
    state begins anew."""
    open_portal(web01)
    people = enroll_many(web01, how_many)
    _move_store_to_a_disk_of_its_own()
    left = 0
    for person in people:
        used = person.phone.code()
        assert log_in(person.name, used)
        key = _add_tablet(web01, person, under)
        shutil.copyfile(DISK, CUT)  # what has not reached the disk is not in it
        run("umount", STORE)
        _mount(CUT)
        assert not log_in(person.name, used), "it was used up before the device came"
        left += log_in(person.name, phone_with(key).code())
        run("umount", STORE)
        _mount(DISK)
    run("umount", STORE)
    return left


def a_device_that_was_added_is_there(web01):
    how_many = rounds(60, 3)
    assert _devices_that_are_left(web01, how_many) == how_many


def without_fsync_it_would_not(web01):
    """The control: what the rounds above would see."""
    how_many = rounds(20, 3)
    left = _devices_that_are_left(web01, how_many, _UNSYNCED)
    assert left < how_many, "every device was there all the same: the rounds see nothing"


def a_code_stays_used_up(web01):
    assert _cuts(web01, rounds(120, 8), log_in) == 0


def without_fdatasync_it_would_not(web01):
    """The control: what the rounds above would see."""
    def unsynced(name, code):
        return log_in(name, code, _UNSYNCED)
    assert _cuts(web01, rounds(20, 3), unsynced) > 0, "every code was used up all the same: the rounds see nothing"

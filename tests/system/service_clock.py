"""A clock that the scenario moves, for one process: libfaketime reads it from a file at every look."""
import glob
import os

from web01 import Skipped

CLOCK = "/tmp/clock-of-the-service"


class ServiceClock:
    """`environment` is for the process. Only the time of day moves: what is waited for is waited for really."""

    def __init__(self):
        libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not libraries:
            raise Skipped("this needs the package faketime")
        self._ahead = 0
        self.go_on(0)
        self.environment = {"LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": CLOCK, "FAKETIME_NO_CACHE": "1",
                            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def go_on(self, seconds):
        self._ahead += seconds
        with open(CLOCK + ".new", "w", encoding="ascii") as file:
            file.write(f"{self._ahead:+}\n")
        os.rename(CLOCK + ".new", CLOCK)

"""per_login.py callgrind|strace TITLE LOGINS [BEFORE] COUNTS: what stands in COUNTS, less BEFORE, for each of the logins."""
import collections
import re
import subprocess
import sys

CALLGRIND_LINE = re.compile(r"^\s*([\d,]+)\s+(\S.*?)(?: \[([^\]]*)\])?$")
STRACE_LINE = re.compile(r"^\s*(\d+)\s+(?:(\d+)\s+)?([a-z]\w*)$")
MOST_LINES = 30


def instructions_in(path):
    """By function and the object it is in, which is not said again for lines that were inlined from other files."""
    text = subprocess.run(["callgrind_annotate", "--threshold=100", "--show-percs=no", "--auto=no", path], check=True,
                          capture_output=True, text=True).stdout
    matches = [match for match in map(CALLGRIND_LINE.match, text.splitlines()) if match and match[2] != "PROGRAM TOTALS"]
    place_of = {match[2].split(":", 1)[-1]: match[3].rsplit("/", 1)[-1] for match in matches if match[3]}
    counts = collections.Counter()
    for match in matches:
        function = match[2].split(":", 1)[-1]
        counts[(function, place_of.get(function, "?"))] += int(match[1].replace(",", ""))
    return counts


def calls_in(path):
    with open(path, encoding="utf-8") as file:
        matches = filter(None, map(STRACE_LINE.match, file))
        return collections.Counter({match[3]: int(match[1]) for match in matches if match[3] != "total"})


def print_callgrind(counts, logins):
    print(f"{sum(counts.values()) / logins:12,.0f} instructions")
    by_object = collections.Counter()
    for (_, place), count in counts.items():
        by_object[place] += count
    for place, count in by_object.most_common(8):
        print(f"{count / logins:12,.0f}   {place}")
    print("of them, by function:")
    for (function, place), count in counts.most_common(MOST_LINES):
        print(f"{count / logins:12,.0f}   {function[:90]} [{place}]")


def print_strace(counts, logins):
    print(f"{sum(counts.values()) / logins:8.1f} system calls")
    for name, count in counts.most_common(MOST_LINES):
        if count / logins >= 0.05:
            print(f"{count / logins:8.1f}   {name}")


def main():
    kind, title, logins, *files = sys.argv[1:]
    read, show = {"callgrind": (instructions_in, print_callgrind), "strace": (calls_in, print_strace)}[kind]
    counts = read(files[-1])
    for path in files[:-1]:
        counts.subtract(read(path))
    print(f"\n## {title}: per login")
    show(counts, int(logins))


main()

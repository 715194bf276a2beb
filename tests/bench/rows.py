"""Rows of the table that tests/bench/compare prints, in the form of table.cpp; and people who are going to be accepted."""
import subprocess


def row(what, value, bound="shown", unit=""):
    number = f"{value:.2f}" if value < 100 else f"{value:.0f}"
    print(f"| {what:<74} | {(number + ' ' + unit).strip():>12} | {'':>16} | {bound} |", flush=True)


def due_logins(lab, bench):
    """Enrolls everybody anew; for each: name, and the codes of this step and of the next."""
    printed = subprocess.run([bench, lab, "1", "codes"], check=True, capture_output=True, text=True).stdout
    return [line.split() for line in printed.splitlines()]

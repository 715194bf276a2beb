#!/usr/bin/python3
"""libraries.py PROGRAM=FILE...: what each program that is built needs of other packages, and that it is no more than this.

A server has the module, the service and the tool; what reads pictures, XML, or sends messages is installed by whoever
needs it. Ends 1, with a line for each, when one of them needs a library that its row has not, or when a library that
belongs to another part is loaded for it by way of others.
"""
import re
import subprocess
import sys

RUNTIME = {"libc", "libm", "libgcc_s", "libstdc++", "ld"}
# What each names by itself, beside the C and C++ runtime.
NEEDS = {
    "pam_secondstep.so": {"libpam"},
    "secondstepd": {"libcrypto", "libqrencode"},
    "secondstep": {"libcrypto", "libssl", "libpam", "libpng16", "libqrencode"},
    "secondstep-qr-reader": {"libZXing", "libjpeg", "libpng16", "libseccomp"},
    "secondstep-pskc-reader": {"libxml2", "libseccomp"},
    "secondstep-courier": {"libcurl"},
    "secondstep-relay": {"libcrypto", "libssl"},
}
# What is loaded for nobody else, also by way of another library.
OWN = {
    "libxml2": {"secondstep-pskc-reader"}, "libicuuc": {"secondstep-pskc-reader"},
    "libicudata": {"secondstep-pskc-reader"}, "liblzma": {"secondstep-pskc-reader"},
    "libcurl": {"secondstep-courier"}, "libssl": {"secondstep", "secondstep-relay", "secondstep-courier"},
    "libZXing": {"secondstep-qr-reader"}, "libjpeg": {"secondstep-qr-reader"},
    "libseccomp": {"secondstep-qr-reader", "secondstep-pskc-reader"},
}


def bare(name):
    """"libicuuc.so.72" => "libicuuc"; "/lib64/ld-linux-x86-64.so.2" => "ld" """
    return re.split(r"\.so\b|-linux", name.rsplit("/", 1)[-1])[0]


def named_by(file):
    text = subprocess.run(["readelf", "-d", file], check=True, capture_output=True, text=True).stdout
    return {bare(name) for name in re.findall(r"\(NEEDED\).*\[(.*)\]", text)}


def loaded_for(file):
    text = subprocess.run(["ldd", file], check=True, capture_output=True, text=True).stdout
    return {bare(line.split()[0]) for line in text.splitlines() if line.strip()}


def complaints(program, file):
    for name in sorted(named_by(file) - NEEDS[program] - RUNTIME):
        yield f"{program} needs {name}, which its row in libraries.py has not"
    for name in sorted(loaded_for(file)):
        if name in OWN and program not in OWN[name]:
            yield f"{program} loads {name}, which is for {', '.join(sorted(OWN[name]))} alone"


if __name__ == "__main__":
    pairs = [argument.split("=", 1) for argument in sys.argv[1:]]
    found = [each for program, file in pairs for each in complaints(program, file)]
    print("\n".join(found) or f"{len(pairs)} programs need what their rows say")
    sys.exit(1 if found or not pairs else 0)

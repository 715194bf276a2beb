"""An AppArmor profile as rules about files: what it lets its program do with which path."""
import itertools
import re
import subprocess

VARIABLE = re.compile(r"^@\{(\w+)\}\s*(\+?=)\s*(.*)$")
RULE = re.compile(r"^\s*(?P<denied>(?:audit\s+)?deny\s+)?(?:audit\s+|owner\s+)*"
                  r"(?P<path>[/@]\S*)\s+(?P<may>[a-zA-Z]+)\s*,")


class Profile:
    """`file` with everything that it includes, for a kernel that knows whatever the profile's ABI does."""

    def __init__(self, file):
        text = subprocess.run(["apparmor_parser", "--preprocess", file], capture_output=True, text=True,
                              check=True).stdout
        lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
        self.variables = _variables(lines)
        found = [match for match in map(RULE.match, lines) if match]
        self.allowed = self._rules(match for match in found if not match["denied"])
        self.denied = self._rules(match for match in found if match["denied"])
        self.has_network = any(re.match(r"network\b", line) for line in lines)

    def _rules(self, found):
        return [(re.compile(_pattern(path)), set(match["may"]))
                for match in found for path in self._expanded(match["path"])]

    def _expanded(self, path):
        """With every value of its variables; one that nobody sets stands for anything (@{profile_name})."""
        names = re.findall(r"@\{(\w+)\}", path)
        for values in itertools.product(*(self.variables.get(name, ["*"]) for name in names)):
            expanded = path
            for name, value in zip(names, values):
                expanded = expanded.replace("@{" + name + "}", value, 1)
            yield from self._expanded(expanded) if "@{" in expanded else [re.sub("//+", "/", expanded)]

    def lets(self, path, wanted):
        """`wanted`: the letters of a rule, all of which are needed."""
        refused = set().union(*(may for pattern, may in self.denied if pattern.fullmatch(path)))
        may = set().union(*(may for pattern, may in self.allowed if pattern.fullmatch(path)))
        return set(wanted) <= may - refused


def _variables(lines):
    variables = {}
    for match in filter(None, map(VARIABLE.match, lines)):
        name, how, values = match.groups()
        variables[name] = (variables.get(name, []) if how == "+=" else []) + values.split()
    return variables


def _pattern(path):
    """apparmor.d(5): * and ? stop at a slash, ** does not, {a,b} is one of them, [a-z] a class."""
    out = ""
    for part in re.findall(r"\*\*|\[[^]]*\]|\\.|.", path):
        depth = out.count("(?:") - out.count(")") if part == "," else 0
        out += {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}.get(
            part, "|" if part == "," and depth > 0 else part if part[0] in "[\\" else re.escape(part))
    return out

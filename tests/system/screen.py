"""What a person's phone sees: the screen of a terminal as a picture."""
import os
import re
import subprocess

from patience import PATIENCE
from web01 import run, until

SGR = re.compile(r"\x1b\[([0-9;]*)m")
DARK, LIGHT = 0, 255
# The colours of a terminal that shows light text on a dark background, and the other way round.
DARK_THEME = {"text": LIGHT, "background": DARK}
LIGHT_THEME = {"text": DARK, "background": LIGHT}


class TmuxTerminal:
    """A real terminal emulator with nobody in front of it."""

    def __init__(self, *command, columns=100, rows=60):
        self._socket = f"/tmp/tmux-{os.getpid()}"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), *command,
                   ";", "set-option", "remain-on-exit", "on")

    def _tmux(self, *arguments):
        return run("tmux", "-S", self._socket, *arguments,
                   env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "TERM": "xterm-256color", "HOME": "/root"})

    def text(self):
        return self._tmux("capture-pane", "-p")

    def wait_for(self, text):
        """Spaces at the end of a line are not captured."""
        try:
            until(lambda: text in self.text(), f"{text!r} on the screen")
        except AssertionError as problem:
            raise AssertionError(f"{problem}, which shows\n{self.text()}") from None

    def type(self, line):
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def picture(self, theme):
        """Rows of grey values, two for each line of text: a cell is one pixel wide and two high."""
        rows = []
        colours = (theme["text"], theme["background"])
        for line in self._tmux("capture-pane", "-e", "-N", "-p").split("\n"):
            cells, colours = _cells(line, colours, theme)
            rows.append([upper for upper, _ in cells])
            rows.append([lower for _, lower in cells])
        width = max(len(row) for row in rows)
        return [row + [theme["background"]] * (width - len(row)) for row in rows]

    def close(self):
        self._tmux("kill-server")


def _cells(line, colours, theme):
    """The two halves of each character cell of one captured line, and the colours at its end: they last."""
    cells = []
    position = 0
    while position < len(line):
        escape = SGR.match(line, position)
        if escape:
            colours = _colours(escape.group(1), *colours, theme)
            position = escape.end()
            continue
        text, background = colours
        cells.append({"█": (text, text), "▀": (text, background), "▄": (background, text)}.get(
            line[position], (background, background)))
        position += 1
    return cells, colours


def _grey(colour):
    """Of the colours 0 to 15 and of the 256: what is needed to tell black from white."""
    if colour in (0, 16) or 232 <= colour <= 240:
        return DARK
    if colour in (7, 15, 231) or 250 <= colour <= 255:
        return LIGHT
    return 128


def _colours(parameters, text, background, theme):
    values = [int(value or 0) for value in parameters.split(";")]
    while values:
        value = values.pop(0)
        if value == 0:
            text, background = theme["text"], theme["background"]
        elif value == 7:
            text, background = background, text
        elif value in (38, 48) and values[:1] == [5]:
            grey, values = _grey(values[1]), values[2:]
            text, background = (grey, background) if value == 38 else (text, grey)
        elif value in (38, 48) and values[:1] == [2]:
            grey, values = sum(values[1:4]) // 3, values[4:]
            text, background = (grey, background) if value == 38 else (text, grey)
        elif value == 39:
            text = theme["text"]
        elif value == 49:
            background = theme["background"]
        elif 30 <= value <= 37 or 90 <= value <= 97:
            text = _grey(value - 30 if value < 90 else value - 82)
        elif 40 <= value <= 47 or 100 <= value <= 107:
            background = _grey(value - 40 if value < 100 else value - 92)
    return text, background


def decode(picture, scale=6):
    """What a scanner reads in the picture, which is surrounded by its own corner colour as a screen is."""
    margin = 4
    border = picture[0][0]
    width = (len(picture[0]) + 2 * margin) * scale
    padded = [[border] * margin + row + [border] * margin for row in picture]
    padded = [[border] * (width // scale)] * margin + padded + [[border] * (width // scale)] * margin
    with open("/tmp/screen.pgm", "wb") as file:
        file.write(b"P5 %d %d 255\n" % (width, len(padded) * scale))
        for row in padded:
            file.write(b"".join(bytes([grey]) * scale for grey in row) * scale)
    scanned = subprocess.run(["zbarimg", "-q", "--raw", "/tmp/screen.pgm"], capture_output=True, text=True, timeout=PATIENCE)
    return scanned.stdout.strip()

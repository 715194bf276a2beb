"""Chromium without a window, driven over the WebDriver protocol."""
import base64
import json
import os
import socket
import subprocess
import urllib.error
import urllib.request

from patience import PATIENCE
from web01 import answers, until

DRIVER = ("127.0.0.1", 9515)
# The W3C's name for a reference to an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--window-size=1000,900"]


# A telephone's window, and certificates that nobody vouches for.
PHONE = {"mobileEmulation": {"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0, "touch": True}}}


class Browser:
    def __init__(self, **options):
        self._driver = subprocess.Popen(["chromedriver", f"--port={DRIVER[1]}", "--silent"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until(lambda: answers(DRIVER, socket.AF_INET), "chromedriver's port")
        self._session = ""
        wanted = {"browserName": "chrome", "acceptInsecureCerts": True,
                  "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": FLAGS, **options}}
        self._session = "/" + self._command("POST", "", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _command(self, method, path, values=None):
        body = None if values is None else json.dumps(values).encode()
        request = urllib.request.Request(f"http://{DRIVER[0]}:{DRIVER[1]}/session{self._session}{path}", body,
                                         {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {json.load(error)['value']['message']}") from None

    def _element(self, selector):
        found = self._command("POST", "/element", {"using": "css selector", "value": selector})
        return "/element/" + found[ELEMENT]

    def open(self, address):
        self._command("POST", "/url", {"url": address})

    def _evaluate(self, script, *arguments):
        return self._command("POST", "/execute/sync", {"script": "return " + script, "args": arguments})

    def text(self, selector="body"):
        """As it is shown, without what is hidden; nothing when it is not there."""
        return self._evaluate("document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def is_visible(self, selector):
        return self._evaluate("(document.querySelector(arguments[0])?.offsetParent ?? null) !== null", selector)

    def wait_for_empty(self, selector):
        """A field that can be typed into and was not yet."""
        self._wait(lambda: self.is_visible(selector) and
                   self._evaluate("document.querySelector(arguments[0]).value === ''", selector), selector)

    def wait_for(self, selector):
        self._wait(lambda: self.is_visible(selector), selector)

    def wait_for_text(self, text):
        self._wait(lambda: text in self.text(), text)

    def _wait(self, true, what):
        try:
            until(true, f"{what!r} on the page", seconds=PATIENCE)
        except AssertionError as problem:
            raise AssertionError(f"{problem}, which shows\n{self.text()}") from None

    def attribute(self, selector, name):
        return self._command("GET", f"{self._element(selector)}/attribute/{name}")

    def fill(self, selector, text):
        element = self._element(selector)
        self._command("POST", element + "/clear", {})
        self._command("POST", element + "/value", {"text": text})

    def choose_file(self, selector, path):
        self._command("POST", self._element(selector) + "/value", {"text": path})

    def title(self):
        return self._command("GET", "/title")

    def reload(self):
        self._command("POST", "/refresh", {})

    def send_form(self, selector="form"):
        """As a browser without script does: no handler of the page is asked. Returns with the page that answers."""
        self._evaluate("document.isOld = true")
        self._evaluate("HTMLFormElement.prototype.submit.call(document.querySelector(arguments[0]))", selector)
        self._wait(lambda: self._evaluate("!document.isOld && document.readyState === 'complete'"), "the next page")

    def prefer_dark(self):
        self._command("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": "dark"}]}})

    def complaints(self):
        """What the page's console says: a style or script that the policy forbids, an error in a script."""
        return [entry["message"] for entry in self._command("POST", "/se/log", {"type": "browser"})]

    def click(self, selector):
        self._command("POST", self._element(selector) + "/click", {})

    def keep_picture(self, name, part=""):
        """For people to look at; it stays when the world is gone. Without a place for it nothing is kept."""
        picture = base64.b64decode(self._command("GET", (self._element(part) if part else "") + "/screenshot"))
        assert picture.startswith(b"\x89PNG")
        if "SECONDSTEP_PICTURES" in os.environ:
            with open(os.path.join(os.environ["SECONDSTEP_PICTURES"], name + ".png"), "wb") as file:
                file.write(picture)

    def forget(self):
        """As a browser that was never here."""
        self._command("DELETE", "/cookie")

    def close(self):
        self._command("DELETE", "")
        self._driver.terminate()
        self._driver.wait(timeout=PATIENCE)

# SPDX-License-Identifier: Apache-2.0
"""Drives headless Chromium through its DevTools pipe, with the standard library only: messages are JSON that ends in a
zero byte, which Chromium reads from descriptor 3 and writes to 4."""
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIMIT = 60  # seconds for one answer, on a busy machine

KEYS = {"Enter": 13, "Escape": 27, "End": 35, "Home": 36, "PageUp": 33, "PageDown": 34, "Tab": 9, "ArrowLeft": 37,
        "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


def program():
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self.commands = os.pipe()
        self.answers, to_write = os.pipe()
        # Descriptors above 4 first, so that neither is overwritten before it is copied.
        high = [os.dup(os.dup(os.dup(each))) for each in (to_read, to_write)]

        def install():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
             f"--user-data-dir={self.profile.name}", "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=install)
        for each in (to_read, to_write, *high):
            os.close(each)
        self.buffer, self.number, self.events = b"", 0, []

    def close(self):
        try:
            self.send("Browser.close")
            self.process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        for each in (self.commands, self.answers):
            os.close(each)
        self.profile.cleanup()

    def message(self, until):
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, until - time.monotonic()))[0]:
                raise RuntimeError("Chromium does not answer")
            part = os.read(self.answers, 1 << 16)
            if not part:
                raise RuntimeError("Chromium has ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def send(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        rest = json.dumps(request).encode() + b"\0"
        while rest:
            rest = rest[os.write(self.commands, rest):]
        until = time.monotonic() + LIMIT
        while True:
            answer = self.message(until)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)


class Tab:
    """A page of its own. Whatever it complains about is in complaints(), what it loads in requests()."""

    def __init__(self, browser, url, width=1280, height=900, scheme="light"):
        self.browser, self.url = browser, url
        self.target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.send("Page.navigate", url=url)
        until = time.monotonic() + LIMIT
        while self.evaluate("location.href + document.readyState") != url + "complete":
            if time.monotonic() > until:
                raise RuntimeError(f"{url} does not load")
            time.sleep(.02)

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def close(self):
        self.browser.send("Target.closeTarget", targetId=self.target)

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")

    def texts(self, selector):
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map(each => each.innerText)")

    def choose(self, selector, value):
        """As a user does, in a select."""
        self.evaluate(f"(() => {{ const select = document.querySelector({json.dumps(selector)}); "
                      f"select.value = {json.dumps(value)}; "
                      "select.dispatchEvent(new Event('change', {bubbles: true})); })()")

    def place(self, selector, across=.5, down=.5):
        return self.evaluate(f"(() => {{ const each = document.querySelector({json.dumps(selector)}); "
                             "each.scrollIntoView({block: 'center'}); const box = each.getBoundingClientRect(); "
                             f"return [box.left + box.width * {across}, box.top + box.height * {down}]; }})()")

    def move(self, selector, across=.5, down=.5):
        x, y = self.place(selector, across, down)
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector, across=.5, down=.5):
        x, y = self.place(selector, across, down)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, clickCount=1,
                      button="none" if kind == "mouseMoved" else "left")

    def press(self, *keys):
        for key in keys:
            text = {"text": "\r"} if key == "Enter" else {}
            for kind in ("keyDown", "keyUp"):
                self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key],
                          **(text if kind == "keyDown" else {}))

    def events(self, method):
        self.send("Runtime.evaluate", expression="0")  # whatever is under way has arrived before the answer
        return [event["params"] for event in self.browser.events
                if event.get("method") == method and event.get("sessionId") == self.session]

    def complaints(self):
        thrown = [event["exceptionDetails"].get("exception", {}).get("description", "exception")
                  for event in self.events("Runtime.exceptionThrown")]
        said = [str(event["args"]) for event in self.events("Runtime.consoleAPICalled")]
        logged = [event["entry"]["text"] for event in self.events("Log.entryAdded")
                  if event["entry"]["level"] in ("error", "warning")]
        return thrown + said + logged

    def requests(self):
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")
                if event["request"]["url"] != self.url]

    def screenshot(self, path):
        import base64
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

"""Drive a headless Chromium over its debugging pipe: no driver, no port, no library."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_S = 30.0


def chromium_path() -> str | None:
    """Where Chromium is; None when it is not installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One tab: what it asked for, what went wrong in it, and ways to use it."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        self.requests: list[str] = []
        self.failed: list[str] = []
        self.problems: list[str] = []
        self.answer: Callable[[str], bytes | None] | None = None
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, params, self._session)

    def intercept(self, prefix: str, answer: Callable[[str], bytes | None]) -> None:
        """Answer requests under a prefix ourselves; None is a failure."""
        self.answer = answer
        self.call("Fetch.enable", patterns=[{"urlPattern": prefix + "*"}])

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def value(self, expression: str) -> Any:
        reply = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return reply["result"].get("value")

    def until(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self.value(f"!!({expression})"):
            if time.monotonic() > deadline:
                shown = self.value("document.body.innerText")
                raise AssertionError(f"never true: {expression}; {self.problems}; page: {shown!r}")
            time.sleep(0.02)

    def press(self, key: str) -> None:
        text = key if len(key) == 1 else ""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, selector: str) -> None:
        place = self.value(
            f"(() => {{ const r = document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def seen(self, event: dict[str, Any]) -> None:
        """Take note of an event of this tab."""
        method, params = event["method"], event["params"]
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Network.responseReceived" and params["response"]["status"] >= 400:
            self.failed.append(params["response"]["url"])
        elif method == "Network.loadingFailed":
            self.failed.append(params["errorText"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(params["exceptionDetails"])[:2000])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        elif method == "Fetch.requestPaused":
            self._fulfil(params)

    def _fulfil(self, params: Mapping[str, Any]) -> None:
        assert self.answer is not None
        url = params["request"]["url"]
        data = self.answer(url)
        reply: dict[str, Any] = {"requestId": params["requestId"]}
        if data is None:
            method, reply["errorReason"] = "Fetch.failRequest", "InternetDisconnected"
        else:
            kind = "text/css" if url.endswith(".css") else "text/javascript"
            method = "Fetch.fulfillRequest"
            reply |= {
                "responseCode": 200,
                "responseHeaders": [
                    {"name": "Content-Type", "value": kind},
                    {"name": "Access-Control-Allow-Origin", "value": "*"},
                ],
                "body": base64.b64encode(data).decode(),
            }
        self._browser.send(method, reply, self._session)


class Browser:
    """A running Chromium."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._buffer = b""
        self._last = 0
        self._pages: dict[str, Page] = {}

    def page(self) -> Page:
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = Page(self, session["sessionId"])
        self._pages[session["sessionId"]] = page
        page.resize(1280, 900)
        return page

    def save_downloads_to(self, folder: Path) -> None:
        behaviour = {"behavior": "allow", "downloadPath": str(folder)}
        self.call("Browser.setDownloadBehavior", behaviour)

    def send(self, method: str, params: Mapping[str, Any], session: str | None = None) -> int:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        return self._last

    def call(
        self, method: str, params: Mapping[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        number = self.send(method, params, session)
        while True:
            message = self._message()
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                reply: dict[str, Any] = message["result"]
                return reply
            page = self._pages.get(message.get("sessionId", ""))
            if page is not None and "method" in message:
                page.seen(message)

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], PATIENCE_S)
            data = os.read(self._read, 1 << 20) if ready else b""
            if not data:
                raise AssertionError("Chromium does not answer")
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start Chromium with an empty profile, and end it."""
    program = chromium_path()
    assert program is not None
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    flags = [
        "--headless=new",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
        "--no-first-run",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    # Chromium reads commands from descriptor 3 and writes answers to descriptor 4.
    script = f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}'
    process = subprocess.Popen(
        ["/bin/bash", "-c", script, program, *flags],
        pass_fds=(to_read, from_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(from_write)
    try:
        yield Browser(to_write, from_read)
    finally:
        os.close(to_write)  # Chromium ends when its pipe does
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(from_read)

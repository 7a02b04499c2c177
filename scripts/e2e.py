"""`make e2e`: starts shops of its own, with a fresh state, and drives their page in a browser.

One shop after the other, one per personality of the sandbox: most tests run against the plain one,
those tagged `@strict` against the strict one. Playwright's tests find the shop at E2E_BASE_URL, its
users in the file that E2E_USERS names, the sandbox at E2E_SANDBOX_URL and the browser at CHROMIUM.
The shop listens at E2E_PORT (8190) and is stopped at the end.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from scripts.browser import chromium, playwright, with_node
from scripts.environment import FRONTEND, PYTHON, ROOT, port
from scripts.steps import say

_TESTS_OF: Final = {
    "plain": ("--grep-invert", "@strict|@keycloak|@ha"),
    "strict": ("--grep", "@strict"),
}
_START_SECONDS: Final = 90.0
_STOP_SECONDS: Final = 30.0


def main(arguments: list[str]) -> None:
    """Exit with Playwright's worst verdict; `arguments` go to it, say the names of some specs."""
    browser = chromium()
    if browser is None:
        sys.exit(
            "No Chromium found. Install one (Debian: apt install chromium) "
            "or name it: make e2e CHROMIUM=/path/to/chromium"
        )
    os.environ["CHROMIUM"] = browser
    verdicts = []
    for personality, chosen in _TESTS_OF.items():
        say(f"\nBrowser tests against the {personality} sandbox:")
        with _shop(personality) as known:
            verdicts.append(_playwright(known, personality, [*chosen, *arguments]))
    sys.exit(max(verdicts))


@contextmanager
def _shop(personality: str) -> Iterator[dict[str, str]]:
    """A fresh shop; yields what Playwright's tests have to know of it."""
    number = port("E2E_PORT", 8190)
    state = f"var/e2e-{personality}"
    shutil.rmtree(ROOT / state, ignore_errors=True)
    own = {"PORT": str(number), "SANDBOX_PORT": str(number + 1), "STATE_DIR": state}
    own["PERSONALITY"] = personality
    # A person is asked after some seconds, not after a quarter of an hour.
    own["FLAG_AFTER_SECONDS"] = "4"
    shop = subprocess.Popen([PYTHON, "-m", "scripts.run"], cwd=ROOT, env=os.environ | own)
    try:
        address = f"http://127.0.0.1:{number}"
        _wait(shop, f"{address}/health/ready")
        yield {
            "E2E_BASE_URL": address,
            "E2E_SANDBOX_URL": f"http://127.0.0.1:{number + 1}",
            "E2E_USERS": str(ROOT / state / "users.json"),
        }
    finally:
        shop.terminate()
        shop.wait(_STOP_SECONDS)


def _playwright(known: dict[str, str], personality: str, arguments: list[str]) -> int:
    """Playwright's exit code; no test at all is no failure: the names may be of another shop."""
    command = playwright(
        "--pass-with-no-tests", "--output", f"test-results/{personality}", *arguments
    )
    environment = with_node() | known
    return subprocess.run(command, cwd=FRONTEND, env=environment, check=False).returncode


def _wait(shop: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while shop.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
                say("")
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    sys.exit("The shop for the browser tests did not start.")


if __name__ == "__main__":
    main(sys.argv[1:])

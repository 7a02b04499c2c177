"""`make e2e`: starts a shop of its own, with a fresh state, and drives its page in a browser.

Playwright's tests find the shop at E2E_BASE_URL, its users in the file that E2E_USERS names, the
sandbox at E2E_SANDBOX_URL and the browser at CHROMIUM. The shop listens at E2E_PORT (8190) and is
stopped at the end.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Final

from scripts.environment import FRONTEND, PYTHON, ROOT, VENV, port
from scripts.steps import say

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_STATE: Final = "var/e2e"
_START_SECONDS: Final = 90.0
_STOP_SECONDS: Final = 30.0


def main(arguments: list[str]) -> None:
    """Exit with Playwright's verdict; `arguments` go to it."""
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit(
            "No Chromium found. Install one (Debian: apt install chromium) "
            "or name it: make e2e CHROMIUM=/path/to/chromium"
        )
    number = port("E2E_PORT", 8190)
    shutil.rmtree(ROOT / _STATE, ignore_errors=True)
    own = {"PORT": str(number), "STATE_DIR": _STATE, "SANDBOX_PORT": str(number + 1)}
    shop = subprocess.Popen([PYTHON, "-m", "scripts.run"], cwd=ROOT, env=os.environ | own)
    try:
        address = f"http://127.0.0.1:{number}"
        _wait(shop, f"{address}/health/ready")
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        known = {
            "E2E_BASE_URL": address,
            "E2E_SANDBOX_URL": f"http://127.0.0.1:{number + 1}",
            "CHROMIUM": browser,
            "E2E_USERS": str(ROOT / _STATE / "users.json"),
            "PATH": path,
        }
        playwright = FRONTEND / "node_modules" / "@playwright" / "test" / "cli.js"
        command = [str(VENV / "bin" / "node"), str(playwright), "test", *arguments]
        code = subprocess.run(command, cwd=FRONTEND, env=os.environ | known, check=False).returncode
    finally:
        shop.terminate()
        shop.wait(_STOP_SECONDS)
    sys.exit(code)


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

"""Brings the tree into a state in which it runs: Python packages, the page's packages, the page.

Run by the machine's own Python, with the standard library only: `python3 -m scripts.setup`.
Each step is skipped when a stamp says that it was done with the same input. `--dev` adds the
tools of tests and checks, `--mysql` the driver of production's database, `--scanner` the scanner of
manifests; `--no-build` leaves the page unbuilt, `--no-page` does nothing for it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one is to be told so
    sys.exit("Python 3.11 or newer is needed; this is %d.%d." % sys.version_info[:2])  # noqa: UP031

import fcntl
import hashlib
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from scripts.browser import with_node
from scripts.environment import FRONTEND, PYTHON, ROOT, SCANNER, VENV, Command, state_dir
from scripts.steps import run_step, say

_PAGE_SOURCES: Final = ("src", "public", "index.html", "package-lock.json")


def main(arguments: list[str]) -> None:
    """Do the steps that are due; one set-up at a time in one tree."""
    log = state_dir() / "log"
    with (state_dir() / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  waiting for another set-up in this folder ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv(log)
        install_python_packages("dev" if "--dev" in arguments else "embedded", log)
        if "--mysql" in arguments:
            install_database_driver(log)
        if "--scanner" in arguments:
            install_scanner(log)
        if "--no-page" in arguments:
            return
        install_page_packages(log)
        if "--no-build" not in arguments:
            build_page(log)


def make_venv(log: Path) -> None:
    """A virtual environment in .venv, made again when its Python is gone."""
    if PYTHON.exists() and not subprocess.run([PYTHON, "-c", ""], check=False).returncode:
        return
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian ships it apart
        import venv  # noqa: F401, PLC0415
    except ImportError:
        sys.exit(
            "This Python cannot make virtual environments. "
            f"On Debian and Ubuntu: apt install python3.{sys.version_info.minor}-venv"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    command: Command = [sys.executable, "-m", "venv", VENV]
    run_step("Virtual environment", command, log=log / "venv.log", folder=ROOT)


def install_python_packages(name: str, log: Path) -> None:
    """The pinned set `requirements-<name>.txt`, every file checked against its hash.

    The development set contains the embedded one, so either will do where that is wanted.
    """
    if any(_is_current(*_python_set(each)) for each in {name, "dev"}):
        return
    stamp, digest = _python_set(name)
    pip: Command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command = [*pip, "--require-hashes", "--requirement", _requirements(name)]
    run_step(f"Python packages ({name})", command, log=log / "pip.log", folder=ROOT)
    stamp.write_text(digest, encoding="utf-8")


def install_database_driver(log: Path) -> None:
    """mysqlclient as production's set pins it; it is compiled here, which needs two headers."""
    present: Command = [PYTHON, "-c", "import MySQLdb"]
    if not subprocess.run(present, check=False, stderr=subprocess.DEVNULL).returncode:
        return
    if not _can_compile_driver():
        sys.exit(
            "The database driver cannot be built: it needs a C compiler, pkg-config and the headers"
            " of Python and of the database client, on Debian and Ubuntu from"
            " `apt install gcc pkg-config python3-dev default-libmysqlclient-dev`."
        )
    pip: Command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command = [*pip, "--require-hashes", "--requirement", ROOT / "requirements.txt"]
    run_step("Database driver", command, log=log / "pip-mysql.log", folder=ROOT)


def install_scanner(log: Path) -> None:
    """The scanner of manifests, in an environment of its own inside ours (300 MB)."""
    folder = SCANNER.parent.parent
    stamp, digest = folder / "agenturclient.stamp", _digest([_requirements("scanner")])
    if _is_current(stamp, digest):
        return
    make: Command = [PYTHON, "-m", "venv", "--clear", folder]
    run_step("Scanner's environment", make, log=log / "venv-scanner.log", folder=ROOT)
    pip: Command = [SCANNER.parent / "python", "-m", "pip", "install"]
    options: Command = ["--disable-pip-version-check", "--no-input", "--require-hashes"]
    command = [*pip, *options, "--requirement", _requirements("scanner")]
    run_step("Scanner of manifests", command, log=log / "pip-scanner.log", folder=ROOT)
    stamp.write_text(digest, encoding="utf-8")


def _can_compile_driver() -> bool:
    tools = [shutil.which("pkg-config"), shutil.which("cc") or shutil.which("gcc")]
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    return (
        all(tools)
        and header.exists()
        and any(
            not subprocess.run(["pkg-config", "--exists", name], check=False).returncode
            for name in ("mysqlclient", "mariadb", "libmariadb")
        )
    )


def _requirements(name: str) -> Path:
    return ROOT / f"requirements-{name}.txt"


def _python_set(name: str) -> tuple[Path, str]:
    """The stamp of a set, and what must stand in it."""
    return VENV / f"agenturclient-{name}.stamp", _digest([_requirements(name)])


def install_page_packages(log: Path) -> None:
    """The page's packages, exactly as locked; no package runs a script of its own."""
    stamp = FRONTEND / "node_modules" / ".agenturclient.stamp"
    digest = _digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if _is_current(stamp, digest):
        return
    command: Command = [VENV / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    node = with_node()
    run_step("Page packages", command, log=log / "npm.log", folder=FRONTEND, environment=node)
    stamp.write_text(digest, encoding="utf-8")


def build_page(log: Path) -> None:
    """The page in frontend/dist, with a compressed copy beside each file."""
    stamp = FRONTEND / "node_modules" / ".built.stamp"
    built = FRONTEND / "dist" / "index.html"
    digest = _digest(
        [
            *(FRONTEND / name for name in _PAGE_SOURCES),
            *sorted(FRONTEND.glob("*.config.*")),
            *sorted(FRONTEND.glob("tsconfig*.json")),
        ]
    )
    if built.exists() and _is_current(stamp, digest):
        return
    compile_page(FRONTEND, log)
    stamp.write_text(digest, encoding="utf-8")


def compile_page(sources: Path, log: Path) -> None:
    """Build the page from these sources into their `dist`; their packages must be there."""
    vite = sources / "node_modules" / "vite" / "bin" / "vite.js"
    build: Command = [VENV / "bin" / "node", vite, "build"]
    run_step("Page", build, log=log / "vite.log", folder=sources, environment=with_node())
    compress: Command = [PYTHON, "-m", "whitenoise.compress", "--quiet", sources / "dist"]
    run_step("Compressed copies", compress, log=log / "compress.log", folder=ROOT)


def _is_current(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == digest


def _digest(paths: Iterable[Path]) -> str:
    """Names and contents of files and of all files below folders; missing ones count as such."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                total.update(f"\0{file.relative_to(ROOT)}\0".encode())
                total.update(file.read_bytes())
    return total.hexdigest()


if __name__ == "__main__":
    main(sys.argv[1:])

"""One shop as production runs it: MariaDB, two each of web, recover and assets, a proxy, and the
sandbox as its distributor, each a real process that may be killed.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Final, Self

from scripts import programs
from scripts.environment import ROOT
from scripts.ha.processes import Assets, Place, Process, Recover, Release, Web, answers
from scripts.ha.workload import SLOTS, Workload
from scripts.haproxy import HOST, HAProxy
from scripts.mariadb import MariaDB
from scripts.preparation import log_file, manage, prepare
from scripts.steps import say

PORTS: Final = 12
"""How many ports in a row a site takes, the proxy's first; the last one is free for a test."""
_TEMPLATE: Final = Path(__file__).parent / "haproxy.cfg"
_DATABASE: Final = "agenturclient"
_START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1


class Site:
    """A shop with all its state in one folder.

    Everything that starts a process must be called from one thread that lives as long as the site.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        release: Release,
        *,
        more_proxy: str = "",
        tell: Callable[[str], None] = say,
    ) -> None:
        """`more_proxy`: further settings of the proxy. `tell` hears what happens.

        Raises ServerMissing and ProxyMissing, whose texts say what to install.
        """
        (folder / "log").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.release = release
        self.users: list[dict[str, str]] = []
        self.environment: dict[str, str] = {}
        self.address = f"http://{HOST}:{port}"
        self.distributor_address = f"http://{HOST}:{port + 9}"
        self.database = MariaDB(folder / "mariadb", port=port + 10)
        self.assets = Workload(
            "assets", partial(Assets, source=self.address), state=folder, first_port=port + 1
        )
        self.webs = Workload("web", Web, state=folder, first_port=port + 1 + SLOTS)
        self.recovers = Workload("recover", Recover, state=folder)
        self.sandbox: Process | None = None
        self._tell = tell
        self._port = port
        values = {"webs": self.webs.proxy_lines, "assets": self.assets.proxy_lines}
        template = _TEMPLATE.read_text("utf-8").replace("$more", more_proxy)
        template = Template(template).safe_substitute(values)
        self.proxy = HAProxy(folder, template, {"host": HOST, "port": port})

    def start(self, environment: Mapping[str, str]) -> None:
        """Start everything; returns when the proxy serves the shop.

        `environment`: the settings, but for the addresses of what is started here; the sandbox is
        the distributor, whatever they say.

        Raises ServerFailed, ProxyFailed and NeverReady. Ends the program when a step of the
        preparation fails.
        """
        try:
            self._start(environment)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything in order."""
        self.proxy.stop()
        for workload in (self.webs, self.recovers, self.assets):
            workload.stop()
        if self.sandbox is not None:
            self.sandbox.end()
        self.database.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def keep_alive(self) -> None:
        """Start again what has died. Raises ServerFailed when the database cannot."""
        if not self.database.is_running():
            self.database.start()
        if self.sandbox is not None:
            self.sandbox.keep_alive()
        for each in (self.webs, self.recovers, self.assets, self.proxy):
            each.keep_alive()

    def migrate(self, release: Release) -> None:
        """What comes before a release goes out: the tables as it wants them."""
        title = f"Tables of {release.name}"
        manage(title, self.environment, self.folder, "migrate", "--no-input", tree=release.tree)

    def roll(self, release: Release, *, drain: bool = True) -> None:
        """Let a release take the place of the one that serves: assets, web, recover.

        Without `drain` an old web is told to stop while the proxy still asks it. Returns when the
        old ones have ended.

        Raises NeverReady, and then those that were not replaced yet go on serving.
        """
        for workload in (self.assets, self.webs, self.recovers):
            for old, new in workload.roll(release, self.environment, drain=drain):
                self._tell(f"{new.name} ({release.name}) for {old.name} ({old.release.name})")
        for workload in (self.assets, self.webs, self.recovers):
            workload.await_leaving()
        self.release = release

    def _start(self, environment: Mapping[str, str]) -> None:
        self.database.start()
        self.login = self.database.create_database(_DATABASE)
        kept = {name: value for name, value in environment.items() if not name.startswith("OSDM_")}
        self.environment = kept | {
            "PUBLIC_URL": self.address,
            "OSDM_BASE_URL": self.distributor_address,
            "DATABASE_URL": self.login.url,
        }
        self.users = prepare(self.environment, self.folder)
        self._start_sandbox()
        for workload in (self.assets, self.recovers, self.webs):
            workload.start(self.release, self.environment)
        self.proxy.start(self._port)
        end = time.monotonic() + _START_SECONDS
        while not answers(self.address) and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)  # the proxy has to find out first who is ready

    def _start_sandbox(self) -> None:
        """It is no part of a release: what a distributor runs is not ours."""
        command = programs.sandbox(self.folder / "sandbox.sqlite3", self._port + 9, "plain")
        place = Place(self.environment, log_file(self.folder, "sandbox"))
        self.sandbox = Process(Release("sandbox", ROOT), command, place)
        self.sandbox.start()
        self.sandbox.await_answer(f"{self.distributor_address}/sandbox/health")

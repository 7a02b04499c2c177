"""A process that is to go loses nothing: the real gunicorn, asked by a file and by SIGTERM."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import pytest

from agenturclient.kernel.drain import Drain
from tests.deploy.site import Site, ask, wait_until


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    made.start()
    yield made
    made.kill()


def test_a_drain_knows_every_sign() -> None:
    drain, signs = Drain(), [False, False]
    assert not drain.is_asked()
    drain.watch(lambda: signs[0])
    drain.watch(lambda: signs[1])
    assert not drain.is_asked()

    signs[1] = True

    assert drain.is_asked()


def test_a_file_makes_it_not_ready_and_ends_connections_with_an_answer(site: Site) -> None:
    with closing(site.connect()) as connection:
        assert ask(connection, "/health/ready") == (200, "ready\n", "keep-alive")

        site.drain_file.touch()

        assert ask(connection, "/health/ready") == (503, "draining\n", "close")
    with closing(site.connect()) as another:  # who comes all the same is served
        assert ask(another) == (200, "alive\n", "close")

    site.drain_file.unlink()

    with closing(site.connect()) as again:
        assert ask(again, "/health/ready") == (200, "ready\n", "keep-alive")


def test_requests_in_flight_at_sigterm_come_to_their_end(site: Site) -> None:
    answers: list[tuple[int, str, str]] = []
    connections = [site.connect() for _ in range(8)]
    threads = [
        threading.Thread(target=lambda each=each: answers.append(ask(each, "/slow")))
        for each in connections
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.5)

    site.end()

    for thread in threads:
        thread.join()
    assert answers == [(200, "slow\n", "close")] * 8
    assert site.await_end() == 0
    for connection in connections:
        connection.close()


def test_a_kept_connection_is_told_to_close_after_sigterm_and_never_cut(site: Site) -> None:
    with closing(site.connect()) as busy, closing(site.connect()) as idle:
        assert ask(idle) == (200, "alive\n", "keep-alive")
        busy.request("GET", "/slow")  # keeps the process for a while
        time.sleep(0.3)

        site.end()
        time.sleep(0.3)

        assert ask(idle, "/health/ready") == (503, "draining\n", "close")
        assert busy.getresponse().status == 200
    assert site.await_end() == 0


class Clients:
    """Eight that ask without a pause over connections that they keep, as a proxy does."""

    def __init__(self, site: Site) -> None:
        self.faults: list[str] = []
        self.answered = [0] * 8
        self._site = site
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(8)]
        for thread in self._threads:
            thread.start()
        wait_until(lambda: min(self.answered) > 20)

    def await_end(self) -> None:
        """Until each has been told to close, and could not open another."""
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        try:
            while self._use_one_connection(number):
                pass
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(repr(error))

    def _use_one_connection(self, number: int) -> bool:
        """Ask until told to close; False when nobody lets it in any more: nothing was sent."""
        try:
            connection = self._site.connect()
        except ConnectionRefusedError:
            return False
        with closing(connection):
            kept = "keep-alive"
            while kept == "keep-alive":
                status, _, kept = ask(connection)
                self.answered[number] += 1
                if status != HTTPStatus.OK:
                    self.faults.append(str(status))
        return not self._site.is_ending


def test_sigterm_cuts_no_request_on_connections_that_are_kept(site: Site) -> None:
    clients = Clients(site)

    site.end()

    clients.await_end()
    assert clients.faults == []
    assert site.await_end() == 0


def test_a_drain_first_leaves_no_connection_that_sigterm_could_cut(site: Site) -> None:
    with closing(site.connect()) as watching:
        assert ask(watching, "/health/ready")[0] == HTTPStatus.OK
        clients = Clients(site)
        site.is_ending = True  # the proxy has heard: nobody comes anew
        site.drain_file.touch()

        clients.await_end()

        assert clients.faults == []
        assert ask(watching, "/health/ready") == (503, "draining\n", "close")
    site.end()
    assert site.await_end() == 0

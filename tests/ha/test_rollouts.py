"""Releases that take each other's place while people search, sell and look: what it costs them."""

import pytest

from scripts.browser import PLAYWRIGHT, chromium
from scripts.environment import ROOT
from tests.figures import Figures
from tests.ha.played import Played, play
from tests.ha.requests import (
    Sample,
    counted_failures,
    failures,
    lost_logins,
    percentile,
    share,
)
from tests.ha.story import AFTERMATH_SECONDS, RATE, ROLLS
from tests.ha.timeline import drawn

pytestmark = pytest.mark.timeout(900)

_KILLED_SHARE = 0.01
_CALM_SECONDS = 60.0


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, figures: Figures) -> Played:
    """The run, its picture and its figures."""
    browser = chromium()
    if browser is None or not PLAYWRIGHT.exists():
        pytest.skip("no Chromium, or the page's tools are not installed: make ha-test does")
    found = play(tmp_path_factory.mktemp("ha"), browser)
    (ROOT / "var").mkdir(exist_ok=True)
    picture = drawn(found.record, "Rollouts, kills and a database restart under load")
    (ROOT / "var" / "ha.svg").write_text(picture, encoding="utf-8")
    _tell(found, figures)
    return found


def test_ten_rollouts_forward_and_back_cost_nobody_a_request(played: Played) -> None:
    rolling = played.working.rolling

    assert failures(rolling) == []
    assert lost_logins(played.record.samples) == 0
    # It was as hard as it should be, but for what waited at its very end.
    seconds = rolling[-1].asked - rolling[0].asked
    assert len(rolling) / seconds >= RATE * 0.98
    assert share(rolling, "POST") >= 0.45


def test_a_browser_gets_every_file_of_either_release(played: Played) -> None:
    seen = played.working.seen

    assert seen.missing == []
    assert len(seen.entries) == 2  # both releases were loaded
    assert (seen.loads > ROLLS, seen.tabs > 0) == (True, True)


def test_a_killed_web_process_costs_one_request_of_a_hundred_at_most(played: Played) -> None:
    killed = played.working.web_killed

    assert len(failures(killed)) <= _KILLED_SHARE * len(killed), failures(killed)


def test_a_killed_recover_process_costs_nobody_anything(played: Played) -> None:
    assert failures(played.working.recover_killed) == []


def test_the_shop_is_back_ten_seconds_after_its_database_was_restarted(played: Played) -> None:
    restarting = played.working.restarting

    assert played.working.back_after <= AFTERMATH_SECONDS
    assert not restarting[-1].failed


def test_nothing_is_sold_twice_and_nothing_is_lost(played: Played) -> None:
    books = played.books

    assert books.sold > 0
    assert (books.lost, books.sold_twice, books.differences) == ([], [], [])
    assert books.calm_after <= _CALM_SECONDS


def test_it_is_the_drain_that_spares_people_not_the_proxys_second_tries(played: Played) -> None:
    assert played.controls.drained == []
    assert played.controls.not_drained != []


def test_it_is_the_shelf_of_two_releases_that_has_every_file(played: Played) -> None:
    assert played.controls.missing == []
    assert played.controls.missing_without_shelf != []


def _tell(found: Played, figures: Figures) -> None:
    working, controls, books = found.working, found.controls, found.books
    seconds = working.rolling[-1].asked - working.rolling[0].asked
    seen = working.seen
    for what, told, promised in (
        ("rollouts, forward and back", f"{ROLLS} in {seconds:.0f} s", f"{ROLLS}"),
        ("requests a second", f"{len(working.rolling) / seconds:.1f}", f"{RATE:.0f}"),
        ("of these POST", f"{share(working.rolling, 'POST'):.0%}", "about half"),
        ("requests, failed", _failed(working.rolling), "0 failed"),
        ("p50, p99, longest request, ms", _times(working.rolling), ""),
        ("logins lost, in the whole run", str(lost_logins(found.record.samples)), "0"),
        ("page loads in a browser, tabs kept open", f"{seen.loads}, {seen.tabs}", ""),
        ("page files, missing", f"{seen.files}, {len(seen.missing)} missing", "0 missing"),
        ("web killed: failed in 10 s", _failed(working.web_killed), "1 % at most"),
        ("recover killed: failed in 10 s", _failed(working.recover_killed), "1 % at most"),
        ("MariaDB restarted: back after", f"{working.back_after:.1f} s", "10 s at most"),
        ("MariaDB restarted: failed", _failed(working.restarting), ""),
        ("control: rollout, no second tries", f"{len(controls.drained)} failed", "0"),
        ("control: the same without drain", f"{len(controls.not_drained)} failed", "over 0"),
        ("half-way: files missing", f"{len(controls.missing)}", "0"),
        ("half-way, without the shelf", f"{len(controls.missing_without_shelf)}", "over 0"),
        ("sold, by what people were told", str(books.sold), ""),
        ("came to rest unsold", str(len(books.unsold)), ""),
        ("sold twice, lost", f"{len(books.sold_twice)}, {len(books.lost)}", "0, 0"),
        ("differences between the books", str(len(books.differences)), "0"),
        ("calm after, s", f"{books.calm_after:.1f}", f"{_CALM_SECONDS:.0f}"),
    ):
        figures.add(what, told, promised)
    for what, count in counted_failures(found.record.samples):
        figures.add(f"failed in all: {what}", str(count))


def _failed(samples: list[Sample]) -> str:
    failed = sum(sample.failed for sample in samples)
    return f"{len(samples)}, {failed} failed ({failed / max(1, len(samples)):.2%})"


def _times(samples: list[Sample]) -> str:
    return ", ".join(f"{percentile(samples, part) * 1000:.0f}" for part in (0.5, 0.99, 1.0))

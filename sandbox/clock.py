"""The sandbox's clock: the real time plus an offset, or standing still, kept in the state file."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")
OFFSET = "clock-offset"
FROZEN = "clock-frozen"


def now(connection: sqlite3.Connection) -> datetime:
    """The sandbox's present moment, in Swiss local time, to the second.

    Its zone is a fixed offset: 30 minutes later is then 30 minutes later also on the night when
    the clocks change, which is not so for wall-clock times of one and the same zone.
    """
    settings = dict(
        connection.execute(
            "SELECT name, value FROM settings WHERE name IN (?, ?)", (OFFSET, FROZEN)
        )
    )
    if FROZEN in settings:
        moment = datetime.fromisoformat(settings[FROZEN])
    else:
        moment = datetime.now(UTC) + timedelta(seconds=float(settings.get(OFFSET, 0)))
    local = moment.astimezone(ZURICH).replace(microsecond=0)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))


def set_clock(connection: sqlite3.Connection, moment: datetime | None, *, frozen: bool) -> None:
    """Set the clock: it goes on from `moment`, or stands at it; None returns to the real time."""
    connection.execute("DELETE FROM settings WHERE name IN (?, ?)", (OFFSET, FROZEN))
    if moment is None:
        return
    if frozen:
        setting = (FROZEN, moment.isoformat())
    else:
        setting = (OFFSET, str((moment - datetime.now(UTC)).total_seconds()))
    connection.execute("INSERT INTO settings (name, value) VALUES (?, ?)", setting)


def moment_of(text: str) -> datetime:
    """An ISO time; one without an offset is Swiss wall-clock time, as OSDM requests write it.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZURICH) if moment.tzinfo is None else moment.astimezone(ZURICH)

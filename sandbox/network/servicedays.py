"""Service days and minutes: the one place that knows about the clock being put forward or back.

A train belongs to a service day and runs by minutes of that day, which may go past 24:00. Minute 0
lies twelve true hours before noon, local time: that is midnight, except on the two days on which
the clocks change, and every train that starts after 3 o'clock still leaves at the minute in the
timetable. A train on its way through the changed hour takes as long as ever; only the clocks it
passes differ. Inside the network every moment is a count of minutes since 1970 (UTC), which has
no gaps and no repeats.
"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Zurich")
DAY = 24 * 60
_NOON = time(12, tzinfo=ZONE)


@lru_cache(maxsize=4096)
def day_start(day: date) -> int:
    """Minute 0 of a service day, in minutes since 1970."""
    noon = datetime.combine(day, _NOON)
    return int(noon.timestamp()) // 60 - DAY // 2


def minutes_of(moment: datetime) -> int:
    """The minute that ``moment`` lies in. Raises ValueError when it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return int(moment.timestamp() // 60)


def moment_of(minutes: int) -> datetime:
    """The local time of a count of minutes since 1970."""
    return datetime.fromtimestamp(minutes * 60, tz=UTC).astimezone(ZONE)


def service_day(minutes: int) -> date:
    """The calendar day, local time, of a count of minutes since 1970."""
    return moment_of(minutes).date()

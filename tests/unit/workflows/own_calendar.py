"""A second calendar of the Länder, from their holiday acts and the Easter formula; shares nothing with ours."""

from __future__ import annotations

from datetime import date, timedelta

# Feast → days after Easter Sunday.
MOVABLE = {"good-friday": -2, "easter-monday": 1, "ascension": 39, "whit-monday": 50, "corpus-christi": 60}
FIXED = [(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)]
CATHOLIC_SOUTH = {"BW", "BY", "NW", "RP", "SL"}


def easter(year: int) -> date:
    """Lichtenberg's version of the formula of Gauss."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + s) % 7
    oe = 7 - (og - sz) % 7
    return date(year, 3, 1) + timedelta(days=og + oe - 1)


def days_off(land: str, year: int) -> set[date]:
    """The public holidays of a Land that are not Sundays anyway, 2015 to 2035."""
    found = {date(year, month, day) for month, day in FIXED}
    for name, distance in MOVABLE.items():
        if name != "corpus-christi" or land in CATHOLIC_SOUTH | {"HE"}:
            found.add(easter(year) + timedelta(days=distance))
    found |= _of_the_land(land, year)
    return {day for day in found if day.year == year and day.weekday() != 6}


def _of_the_land(land: str, year: int) -> set[date]:
    found: set[date] = set()
    if land in {"BW", "BY", "ST"}:
        found.add(date(year, 1, 6))
    if (land == "BE" and year >= 2019) or (land == "MV" and year >= 2023):
        found.add(date(year, 3, 8))
    if land == "BE":
        found |= {date(2020, 5, 8), date(2025, 5, 8), date(2028, 6, 17)}
    if land == "SL":
        found.add(date(year, 8, 15))
    return found | _in_autumn(land, year)


def _in_autumn(land: str, year: int) -> set[date]:
    found: set[date] = set()
    if land == "TH" and year >= 2019:
        found.add(date(year, 9, 20))
    north = {"HB", "HH", "NI", "SH"}
    if land in {"BB", "MV", "SN", "ST", "TH"} or year == 2017 or (land in north and year >= 2018):
        found.add(date(year, 10, 31))
    if land in CATHOLIC_SOUTH:
        found.add(date(year, 11, 1))
    if land == "SN":
        # Wednesday before 23 November.
        found.add(max(date(year, 11, day) for day in range(16, 23) if date(year, 11, day).weekday() == 2))
    return found


def works(land: str, day: date) -> bool:
    return day.weekday() < 5 and day not in days_off(land, day.year)


def next_working(land: str, day: date) -> date:
    while not works(land, day):
        day += timedelta(days=1)
    return day

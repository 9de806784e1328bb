"""Ages and days of birth. Civil days only."""

from datetime import date


def latest_birth(on: date, years: int) -> date:
    """The latest day of birth of somebody who has lived so many whole years on a day.

    On 29 February of a year without one before it, that is 28 February: who was born on 1 March is a day younger.
    """
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)

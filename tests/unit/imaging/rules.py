"""The rules as the knowledge files have them, for tests."""

from needlewise.imaging.criteria import rules_of
from needlewise.knowledge import load_imaging
from tests.unit.healing.people import biology

RULES = rules_of(load_imaging(biology().protocol))

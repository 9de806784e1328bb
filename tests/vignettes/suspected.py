"""Where a card and the program differ, and which line of the program is suspected: none today.

A card says what the design asks for. An entry here is expected to fail, strictly: once the program is mended, the
test says so and the entry goes.
"""

# A line of a card that does not come out, by card and by how the line begins.
MISSING: dict[tuple[str, str], str] = {}

# A line that comes out and stands on no card.
UNWANTED: dict[tuple[str, str], str] = {}

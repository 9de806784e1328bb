"""Translation only: a consultation as JSON, as a calendar, as a handout. Nothing is decided here."""

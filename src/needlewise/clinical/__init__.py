"""WHAT SHOULD BE DONE: screening, planning, timeline and outcomes. Pure; the standard library only."""

"""Skin whose truth is known, and photographs of it.

Every number that the project reads off a photograph is tried on these pictures first: `truth` says what a piece of skin
holds, `drawing` draws such pieces from a seed, `capture` photographs them. Everything is a pure function of seed and
arguments. Lengths are in millimetres on the skin, depths and heights in micrometres, angles in degrees.

What is modelled, what is not, and from where the figures come: `docs/explanation/simulated-skin.md`.
"""

"""WHAT THE SKIN WILL DO: a model of healing over twelve months, its solvers, and many virtual patients.

It stands beside the verdict and never inside it. Every value it reckons with stands in knowledge/biology.
"""

"""The safety invariants as statements, and their proofs.

Screening and waits are proved with z3 over all answers, from the same parsed tables that the interpreter runs. The
planning space is finite and is enumerated whole. What is neither is tested by laws, and said to be so.
"""

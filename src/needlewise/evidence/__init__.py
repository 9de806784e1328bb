"""What the trials say: effect sizes from the figures a paper prints, and pools of effects that may be pooled.

`effects` holds the types, `means`, `proportions` and `medians` the formulas, `methods` the ways of pooling by name,
`estimators` the door to PyMARE, `pooling` everything one reports about a pool, and `effects_csv` reads a published
forest plot. Pure functions: no clock, no files. Nothing is imported here, because PyMARE takes seconds to load and most
of Needlewise never needs it.
"""

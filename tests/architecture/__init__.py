"""The repository tests itself: contracts, budgets, names, calls."""

"""Learn: what patients may read, article by article. Nothing is asked and nothing is stored."""

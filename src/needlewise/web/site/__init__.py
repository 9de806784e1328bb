"""Settings and addresses: the one place that knows every page."""

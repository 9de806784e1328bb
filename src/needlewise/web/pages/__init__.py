"""One folder per page: its view, its form, its template."""

"""The clinic, as a web site."""

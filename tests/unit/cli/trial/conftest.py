"""The command as the other tests of the command line call it."""

from tests.unit.cli.conftest import cli

__all__ = ["cli"]

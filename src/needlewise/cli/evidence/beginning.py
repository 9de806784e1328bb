"""x"""

import argparse


def declare(parser: argparse.ArgumentParser) -> None: ...

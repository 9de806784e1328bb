"""What has changed: in the protocol, in the evidence, in Needlewise itself. Written once, told by page, feed and command.

Changes are written by people, as fragments of the changelog; studies come from the evidence base. Nothing is decided here.
"""

"""News: what has changed in the protocol, the evidence and Needlewise itself, as a page and as an Atom feed."""

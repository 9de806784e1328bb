"""The reference pages, one module for each kind: protocol in, Markdown out."""

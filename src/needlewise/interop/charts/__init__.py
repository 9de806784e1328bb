"""Charts of what the trials say, drawn on the server: no script, and the text of every number stays text.

`contents` says what a forest plot tells, `forest` lays it out as a Vega-Lite specification (a plain dictionary), and
`drawing` renders it as SVG. Nothing is imported here, because the renderer is an extra.
"""

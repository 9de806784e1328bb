"""What the photograph shows: whether pictures can be compared, what changed between them, and by how much more than error.

It stands beside the consultation, and neither knows the other: nothing measured here reaches screening or planning.
"""

"""The net of fine furrows that all skin has: the borders between cells round points scattered one to a cell."""

import numpy as np
from numba import njit


@njit(cache=True)
def border(across, down, points):
    """How much farther the second-nearest point is than the nearest, in cells, at every place.

    `across` and `down` are places in cells; `points` (n, n, 2) says where in its cell each point lies, and repeats.
    """
    reach = points.shape[0]
    found = np.empty_like(across)
    for i in range(across.shape[0]):
        for j in range(across.shape[1]):
            column, row = int(np.floor(across[i, j])), int(np.floor(down[i, j]))
            nearest, second = 9.0, 9.0
            for below in range(-2, 3):
                for right in range(-2, 3):
                    at = points[(row + below) % reach, (column + right) % reach]
                    aside, under = column + right + at[0] - across[i, j], row + below + at[1] - down[i, j]
                    distance = aside * aside + under * under
                    if distance < nearest:
                        nearest, second = distance, nearest
                    elif distance < second:
                        second = distance
            found[i, j] = np.sqrt(second) - np.sqrt(nearest)
    return found

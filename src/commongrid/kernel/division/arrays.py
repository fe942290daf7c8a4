"""Arrays of a division: metres and prices, walks between all households, numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Metres = NDArray[np.float32]
Wholes = NDArray[np.int64]

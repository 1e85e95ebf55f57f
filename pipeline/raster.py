"""The pixels of a page image, as all who handle them have them."""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  #: height x width, origin top left; 0 is black

import numpy as np
from gymnasium.spaces import Box


def batch_space(space, n):
    return Box(np.stack([space.low] * n), np.stack([space.high] * n), space.dtype)

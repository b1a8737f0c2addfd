import numpy as np


class Box:
    def __init__(self, low, high, dtype=np.float32):
        self.low, self.high, self.dtype, self.shape = np.array(low), np.array(high), np.dtype(dtype), np.shape(low)
        self._generator = np.random.default_rng()

    def seed(self, seed):
        self._generator = np.random.default_rng(seed)

    def sample(self):
        return self._generator.uniform(self.low, self.high).astype(self.dtype)

    def contains(self, value):
        inside = np.all(value >= self.low) and np.all(value <= self.high)
        return value.shape == self.shape and value.dtype == self.dtype and bool(inside)

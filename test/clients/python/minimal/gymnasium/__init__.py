"""The interface of Gymnasium that the buildings use, and no more: for machines on which the package cannot be had."""

import numpy as np

MINIMAL = True


class Env:
    _np_random = None

    def __class_getitem__(cls, _types):
        return cls

    @property
    def np_random(self):
        if self._np_random is None:
            self._np_random = np.random.default_rng()
        return self._np_random

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self._np_random = np.random.default_rng(seed)

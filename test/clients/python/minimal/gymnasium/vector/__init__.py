from gymnasium import Env


class VectorEnv(Env):
    closed = False

    def close(self, **options):
        if not self.closed:
            self.close_extras(**options)
        self.closed = True

"""A proportional controller for testcase1: `boptest run` calls it before every step, with the value of every point."""


def control(y):
    error = max(293.15 - y["TRooAir_y"], 0) + min(296.15 - y["TRooAir_y"], 0)  # K outside of the comfort band
    return {"oveAct_u": 2000 * error, "oveAct_activate": 1}

"""Buildings as Gymnasium environments: `BuildingEnv`, and `BuildingVectorEnv` for many at once.

    from boptest_serverless.gym import BuildingEnv, Task

    env = BuildingEnv(
        "http://127.0.0.1:8000",
        Task(
            testcase="testcase1",
            observations={"time": (0, 86400), "TRooAir_y": (280, 310), "TDryBul": (250, 320)},
            actions=["oveAct_u"],
            step=900,
            episode=7 * 86400,
        ),
    )

Needs gymnasium and numpy: `pip install 'boptest-serverless[gym]'`.
"""

from .env import BuildingEnv
from .task import Task
from .vector import BuildingVectorEnv

__all__ = ["BuildingEnv", "BuildingVectorEnv", "Task"]

"""How many steps a second Hypothesis takes in the KIP-320 model: `python tests/benchmarks/random_runs.py`."""

import time

from hypothesis import HealthCheck, settings

from fencepost.checks import state_machine


def main() -> None:
    machine = state_machine("kip-320", folder=None)
    steps = 0

    class Counted(machine):  # type: ignore[misc, valid-type]  # made at run time
        def teardown(self) -> None:
            nonlocal steps
            super().teardown()
            steps += len(self.run) - 1

    case = Counted.TestCase
    case.settings = settings(
        max_examples=1000, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    start = time.perf_counter()
    case("runTest").runTest()
    seconds = time.perf_counter() - start
    print(f"{steps:,} steps in {seconds:.1f} s: {steps / seconds:,.0f} a second")


if __name__ == "__main__":
    main()

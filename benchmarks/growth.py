"""Shows that what people wait for costs the same in a large school as in a small one.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.growth      (`make bench` does)

The calls of one course, which has the largest outline of the real curriculum, are measured with ten students in it and
no other course, then with 10 000 students and 50 more programs of four courses each. Fails when DynamoDB is asked more
often, or charges more, for any of them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.emulated import emulated
from benchmarks.figures import table

if TYPE_CHECKING:
    from benchmarks.meter import Cost, Meter
    from benchmarks.school import School

FEW, MANY, MORE_PROGRAMS = 10, 10_000, 50


def main() -> None:
    with emulated():
        from benchmarks.meter import Meter
        from benchmarks.school import School

        meter, school = Meter(), School()
        school.add_students(FEW)
        small = dict(_costs(meter, school))
        school.add_programs(MORE_PROGRAMS)
        school.add_students(MANY - FEW)
        large = dict(_costs(meter, school))
    rows = [
        [name, size, len(cost.calls), f"{cost.read_units:.1f}", f"{cost.write_units:.1f}"]
        for name, before in small.items()
        for size, cost in (("small", before), ("large", large[name]))
    ]
    print(table(["endpoint", "school", "calls", "read units", "write units"], rows))
    grown = [name for name, before in small.items() if large[name] != before]
    if grown:
        raise SystemExit(f"not the same in a large school: {', '.join(grown)}")


def _costs(meter: "Meter", school: "School") -> Iterator[tuple[str, "Cost"]]:
    for name, call in school.calls():
        with meter.running() as cost:
            answer = call()
        if answer.status >= 400:
            raise RuntimeError(f"{name}: {answer}")
        yield name, cost


if __name__ == "__main__":
    main()

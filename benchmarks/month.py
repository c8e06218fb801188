"""What a student's month costs on AWS, by the units that each request was charged.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.month     (`make bench` does)

The requests are those of `warm.py`; how often a student sends each a day is an assumption, and so is what Lambda bills.
Prices are those of docs/deploy.md. What the changes cause (publishing, consumers, mails) is reckoned there.
"""

from benchmarks.emulated import emulated
from benchmarks.figures import table

DAYS = 22
TIMES_A_DAY = {
    "own profile": 4,
    "program list": 2,
    "course details with contents": 6,
    "modules": 8,
    "lessons": 10,
    "lesson done": 5,
    "save answers": 3,
    "show attempt": 2,
    "report cards": 2,
    "course history": 2,
    "login": 1,
}
BILLED_SECONDS = 0.08
PRICES = {
    "API Gateway": 1.00e-6,
    "Lambda, calls": 0.20e-6,
    "Lambda, seconds of 1 GB, arm64": 0.0000133334,
    "DynamoDB, read units": 0.125e-6,
    "DynamoDB, write units": 0.625e-6,
}


def main() -> None:
    with emulated():
        from benchmarks.learner import Learner
        from benchmarks.meter import Meter

        requests, meter, units = Learner().requests, Meter(), {}
        for name in TIMES_A_DAY:
            # The first one reads what a worker remembers.
            requests[name]()
            with meter.running() as cost:
                answer = requests[name]()
            if answer.status != 200:
                raise RuntimeError(f"{name}: {answer}")
            units[name] = cost
    rows = [
        [name, times, f"{units[name].read_units:.1f}", f"{units[name].write_units:.1f}"]
        for name, times in TIMES_A_DAY.items()
    ]
    print(table(["request", "times a day", "read units", "write units"], rows))
    calls = DAYS * sum(TIMES_A_DAY.values())
    amounts = [
        calls,
        calls,
        calls * BILLED_SECONDS,
        DAYS * sum(units[name].read_units * times for name, times in TIMES_A_DAY.items()),
        DAYS * sum(units[name].write_units * times for name, times in TIMES_A_DAY.items()),
    ]
    costs = {name: (amount, amount * PRICES[name]) for name, amount in zip(PRICES, amounts, strict=True)}
    print()
    bill = [[name, f"{amount:.0f}", f"{dollars:.5f}"] for name, (amount, dollars) in costs.items()]
    total = sum(dollars for _, dollars in costs.values())
    print(table(["a student's month", "amount", "dollars"], [*bill, ["together", "", f"{total:.5f}"]]))


if __name__ == "__main__":
    main()

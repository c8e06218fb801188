"""The console in a real Chromium: what it loads, how soon it shows something, what each screen asks of the API.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.console     (`make bench` does)

It starts a stack of its own with the demo school and a class of CLASS (200), and stops it. Fails when a screen asks
more than three times, or when the gradebook pauses for longer than 50 ms while it is edited by keys.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from typing import Any

import httpx
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.figures import table
from benchmarks.large_institute import enroll_class, make_courses
from benchmarks.own_stack import own_stack
from localstack import demo
from localstack.demo.api import Api
from localstack.deployed import Deployed
from tests.stack.clients import demo_person
from tests.stack.conftest import CHROMIUM, StackUnderTest
from tests.stack.taught import Course
from tests.stack.test_console_screens import SCREENS
from tests.stack.test_console_teacher import OF_A_COURSE, OF_AN_EXAM
from tests.stack.visit import Visit

CLASS = int(os.environ.get("CLASS", "200"))
MOST_CALLS, LONGEST_PAUSE_MS = 3, 50
# A phone of the cheaper kind, and a line between 3G and 4G.
SLOWER, BITS_A_SECOND, LATENCY_MS = 4, 1_500_000, 150
TIMES = 3
LOADS = (("front page", "", "/"), ("student home", "student", "/app"))
LANGUAGES = ("en", "ur")
_FONTS = ".woff2"
_WATCH = """() => {
  const watch = (found, options) => new PerformanceObserver((list) => {
    found.push(...list.getEntries().map(({ duration }) => duration));
  }).observe(options);
  watch(window.pauses = [], { type: "longtask" });
  watch(window.answers = [], { type: "event", durationThreshold: 16 });
}"""
# As a link does; the screen's own calls are then all that it asks.
_FOLLOW = """(path) => {
  performance.clearResourceTimings();
  window.followed = performance.now();
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
_IS_QUIET = """() => {
  const ended = performance.getEntriesByType("resource").map(({ responseEnd }) => responseEnd);
  const last = Math.max(window.followed, ...ended);
  return document.querySelector("h1") && !document.querySelector(".skeleton") && performance.now() - last > 700;
}"""
_ASKED = """() => performance.getEntriesByType("resource")
  .filter(({ initiatorType, name }) => initiatorType === "fetch" && !name.includes("/static/"))
  .map(({ name, startTime, responseEnd }) => [name.includes("cursor="), startTime, responseEnd])"""
_PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const first = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  resolve([first, list.getEntries().at(-1).startTime]);
}).observe({ type: "largest-contentful-paint", buffered: true }))"""


@dataclass
class Load:
    """What came over the line for one page; `painted`: the first text and the largest, in milliseconds."""

    files: dict[str, float] = field(default_factory=dict)
    calls: int = 0
    painted: tuple[float, float] = (0, 0)

    def kilobytes(self, *, fonts: bool) -> float:
        return sum(size for url, size in self.files.items() if url.endswith(_FONTS) == fonts) / 1024


@dataclass(frozen=True)
class School:
    """The class, its exam, and the demo school's first course with an exam that is over."""

    course: str
    exam: str
    demo_course: str
    demo_exam: str


def main() -> None:
    with own_stack() as stack:
        settings = replace(stack.settings, demo="full")
        demo.make(settings, Deployed(settings), lambda _: None)
        if demo.made(stack.settings) != "full":
            raise RuntimeError("the demo school is not whole")
        measure(stack)


def measure(stack: StackUnderTest) -> None:
    """Prints the tables, of a stack with the demo school."""
    school = make_school(stack)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _print_loads(browser, stack)
        screens = list(_screens(browser, stack, school))
        print(table(["screen", "calls", "further pages", "round trips"], [[*one] for one in screens]), end="\n\n")
        pauses = list(_pauses(browser, stack, school))
        print(table(["by keys", "keys", "longest pause, ms", "slowest key shown within, ms"], pauses))
        browser.close()
    failed = [f"{path}: {calls} calls" for path, calls, _, _ in screens if calls > MOST_CALLS]
    failed += [
        f"{what}: {pause} ms"
        for what, _, pause, _ in pauses
        if "gradebook" in str(what) and float(str(pause)) > LONGEST_PAUSE_MS
    ]
    if failed:
        raise SystemExit("\n".join(failed))


def make_school(stack: StackUnderTest) -> School:
    """The class with scores in three exams on paper, and an exam that is open."""
    with httpx.Client(base_url=stack.settings.gateway_url, timeout=120, trust_env=False) as client:
        api = Api(stack.settings, client)
        [course] = make_courses(api, 1)
        enroll_class(api, course, CLASS)
    teacher, done = demo_person(stack, "teacher"), Course.done
    terms = {"courseId": course, "duration": 60, "examDate": datetime.now(UTC).isoformat()}
    for number in range(3):
        paper = done(teacher, "POST", "/exams", {**terms, "title": f"Paper {number}", "paper": True, "published": True})
        students = done(teacher, "GET", f"/courses/{course}/enrollments?limit=100")["items"]
        for student in students[:10]:
            done(teacher, "POST", "/results", {"examId": paper["id"], "studentId": student["studentId"], "score": 70})
    exam = done(teacher, "POST", "/exams", {**terms, "title": "Open"})["id"]
    done(teacher, "POST", f"/exams/{exam}/questions", {"questionText": "Why?", "kind": "text"})
    done(teacher, "PUT", f"/exams/{exam}", {"published": True})
    over = done(demo_person(stack, "student"), "GET", "/student/exams?state=over&limit=100")["items"]
    quiz = next(one for one in over if one["title"].startswith("Quiz 1"))
    return School(course, exam, quiz["courseId"], quiz["id"])


def _print_loads(browser: Browser, stack: StackUnderTest) -> None:
    sizes, times = [], []
    for title, role, path in LOADS:
        visit = Visit(browser, stack)
        if role:
            visit.sign_in(role)
        for language in LANGUAGES:
            first, second = _loads(visit, path, language, slow=False)
            later = _kept_besides(visit, first)
            for which, load in (("first", first), ("second", second)):
                own = [f"{load.kilobytes(fonts=fonts):.1f}" for fonts in (False, True)]
                kept = [len(later), f"{sum(later) / 1024:.1f}"] if load is first else [0, 0]
                sizes.append([title, language, which, len(load.files), *own, load.calls, *kept])
            slow = [_loads(visit, path, language, slow=True) for _ in range(TIMES)]
            for which, loads in zip(("first", "second"), zip(*slow, strict=True), strict=True):
                painted = [f"{median(load.painted[at] for load in loads):.0f}" for at in (0, 1)]
                times.append([title, language, which, *painted])
        visit.context.close()
    columns = [
        "load",
        "language",
        "",
        "files",
        "KB without fonts",
        "KB of fonts",
        "calls",
        "files kept later",
        "KB of them",
    ]
    print(table(columns, sizes), end="\n\n")
    print(table(["load, slowed", "language", "", "first text, ms", "largest text, ms"], times), end="\n\n")


def _loads(visit: Visit, path: str, language: str, *, slow: bool) -> tuple[Load, Load]:
    """The first load has nothing in the browser but the sign-in, the second one what the first left there."""
    page = visit.page
    page.goto("/app/sign-in")
    page.evaluate("language => localStorage.setItem('lms.language', language)", language)
    kept = {"origin": page.evaluate("location.origin"), "storageTypes": "cache_storage,service_workers"}
    page.goto("about:blank")
    chromium = visit.context.new_cdp_session(page)
    chromium.send("Storage.clearDataForOrigin", kept)
    chromium.send("Network.clearBrowserCache")
    if slow:
        line = {"latency": LATENCY_MS, "downloadThroughput": BITS_A_SECOND / 8, "uploadThroughput": BITS_A_SECOND / 8}
        chromium.send("Network.emulateNetworkConditions", {"offline": False, **line})
        chromium.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    loads = _load(page, chromium, path), _load(page, chromium, path)
    chromium.detach()
    return loads


def _load(page: Page, chromium: CDPSession, path: str) -> Load:
    load, urls = Load(), {}

    def begun(event: dict[str, Any]) -> None:
        # What the service worker had does not come over the line.
        if not event["response"].get("fromServiceWorker"):
            urls[event["requestId"]] = (event["response"]["url"], event["type"])

    def ended(event: dict[str, Any]) -> None:
        url, kind = urls.get(event["requestId"], ("", ""))
        if kind in ("Fetch", "XHR") and "/static/" not in url:
            load.calls += 1
        elif url.startswith("http"):
            load.files[url] = event["encodedDataLength"]

    chromium.send("Network.enable")
    chromium.on("Network.responseReceived", begun)
    chromium.on("Network.loadingFinished", ended)
    page.goto(path)
    page.wait_for_selector("h1")
    page.wait_for_load_state("networkidle")
    load.painted = tuple(page.evaluate(_PAINTED))
    # Whatever it keeps for the next time and for exams is there.
    page.evaluate("() => navigator.serviceWorker.ready.then(({ active }) => active.state)")
    chromium.remove_listener("Network.responseReceived", begun)
    chromium.remove_listener("Network.loadingFinished", ended)
    page.goto("about:blank")
    return load


def _kept_besides(visit: Visit, load: Load) -> list[float]:
    """The sizes of what the service worker fetched that the page itself had not."""
    visit.page.goto("/app")
    kept = visit.page.evaluate("""async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(caches_.map((one) => one.keys()))).flat().map(({ url }) => url);
    }""")
    with httpx.Client(headers={"Accept-Encoding": "br"}, trust_env=False) as client:
        answers = [client.head(url) for url in kept if url not in load.files]
    return [float(answer.headers["content-length"]) for answer in answers]


def _screens(browser: Browser, stack: StackUnderTest, school: School) -> Iterator[tuple[str, int, int, int]]:
    """Each screen: calls of the API when a link opens it, further pages of a list, calls that wait for one another."""
    for role, paths in _paths(school).items():
        visit = Visit(browser, stack)
        if role:
            visit.sign_in_by_click(role)
        else:
            visit.page.goto("/app/sign-in")
        # Not from home, which is to be opened.
        _calls(visit.page, "/app/nowhere")
        for shown, path in paths:
            calls = _calls(visit.page, path)
            pages = sum(is_next for is_next, _, _ in calls)
            yield f"{role or 'anybody'} {shown}", len(calls) - pages, pages, _round_trips(calls)
        visit.context.close()


def _calls(page: Page, path: str) -> list[tuple[bool, float, float]]:
    """Whether each asks for a further page, and when it began and ended."""
    page.evaluate(_FOLLOW, path)
    page.wait_for_function(_IS_QUIET)
    found: list[tuple[bool, float, float]] = page.evaluate(_ASKED)
    return found


def _round_trips(calls: Sequence[tuple[bool, float, float]]) -> int:
    """The longest chain of calls each of which began after the one before had ended."""
    chain: list[tuple[float, int]] = []
    for begin, end in sorted((begin, end) for _, begin, end in calls):
        chain.append((end, 1 + max((length for ended, length in chain if ended <= begin), default=0)))
    return max((length for _, length in chain), default=0)


def _paths(school: School) -> dict[str, list[tuple[str, str]]]:
    """The screens of each role, as one calls them, with the ids of this school."""
    of_a_course = [(f"course{part}", f"/app/teach/courses/{school.course}{part}") for part in OF_A_COURSE]
    of_an_exam = [(f"exam{part}", f"/app/teach/exams/{school.exam}{part}") for part in OF_AN_EXAM]
    learnt = [("course", f"/app/courses/{school.demo_course}"), ("exam", f"/app/exams/{school.demo_exam}")]
    own = {
        role: [(path, path.format(course=school.demo_course)) for path in paths if "#" not in path]
        for role, paths in SCREENS.items()
    }
    own["student"] += [*learnt, ("result", f"/app/exams/{school.demo_exam}/result")]
    own["teacher"] += [
        ("marking", "/app/teach/marking"),
        ("messages", "/app/teach/messages"),
        *of_a_course,
        *of_an_exam,
    ]
    own["admin"] += [("course", f"/app/admin/courses/{school.course}")]
    return own


def _pauses(browser: Browser, stack: StackUnderTest, school: School) -> Iterator[list[object]]:
    """What is done in the class by keys alone: how many, the longest pause, and how soon the slowest one is seen."""
    visit = Visit(browser, stack)
    visit.sign_in("teacher")
    page, address = visit.page, f"/app/teach/courses/{school.course}"
    page.goto(f"{address}/gradebook")
    page.get_by_role("gridcell").first.wait_for()
    while (more := page.get_by_role("button", name="Show more")).is_visible():
        before = page.locator("tbody tr").count()
        more.click()
        page.wait_for_function("before => document.querySelectorAll('tbody tr').length > before", arg=before)
    rows = page.locator("tbody tr").count()
    page.get_by_role("rowheader").first.focus()
    page.evaluate(_WATCH)
    keys = ["ArrowRight", *["ArrowDown"] * 40, "Control+End", "Control+Home", "ArrowRight", *["ArrowDown"] * 3]
    yield [f"moves in a gradebook of {rows} rows", len(keys), *_pressed(page, keys)]
    edit = ["Enter", "b", "Tab", *"Late.", "Enter"]
    for _ in range(3):
        yield [f"a grade in a gradebook of {rows} rows", len(edit), *_pressed(page, edit)]
    page.goto(f"{address}/attendance")
    page.get_by_role("radio").first.focus()
    page.evaluate(_WATCH)
    yield [f"the attendance of {CLASS} students", CLASS, *_pressed(page, ["p"] * (CLASS - 1) + ["a"])]
    visit.context.close()


def _pressed(page: Page, keys: Sequence[str]) -> tuple[str, str]:
    page.evaluate("() => { pauses.length = answers.length = 0; }")
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    page.wait_for_timeout(1000)
    pauses, answers = page.evaluate("() => [pauses, answers]")
    return f"{max(pauses, default=0):.0f}", f"{max(answers, default=0):.0f}"


if __name__ == "__main__":
    main()

"""The desk in a browser: how soon its page is ready, and how long an answer keeps its main thread busy."""

from collections.abc import Callable

from django.contrib.auth.models import User
from playwright.sync_api import Page

from bench.serving import shipped
from digests.models import Entry
from tests.browser.chromium import chromium, chromium_program
from tests.browser.desk_browser import sign_in
from tests.digests.desk.desk_days import DAY

ROUNDS = 3
"""The best of so many counts: what else the machine does falls on the main thread, too."""
MOST_BLOCKED_MS = 50
MOST_READY_MS = 1000
WATCH = """
    window.longest = 0;
    new PerformanceObserver(list => {
        for (const {duration} of list.getEntries()) { window.longest = Math.max(window.longest, duration); }
    }).observe({type: "longtask"});
"""
READY = "performance.mark('ready').startTime - performance.getEntriesByType('navigation')[0].responseStart"
QUIET = """() => !Object.keys(localStorage).some(name => /^desk:.*\\d$/.test(name))
    && document.querySelector('#desk-saved').textContent.startsWith('saved')"""


def watched(page: Page, act: Callable[[Page], None], answer: str) -> float:
    """The longest task in milliseconds while this is done and answered; 0 for none of 50 ms."""
    page.evaluate("window.longest = 0")
    with page.expect_response(f"**/{answer}?*"):
        act(page)
    page.wait_for_function(QUIET)
    page.wait_for_timeout(500)  # what follows an answer
    return float(page.evaluate("window.longest"))


def press(*keys: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return act


def write(page: Page) -> None:
    page.keyboard.press("l")
    page.keyboard.press("n")
    page.keyboard.type("A *word* on it, typed by hand. ", delay=30)
    page.keyboard.press("Escape")


ACTS: dict[str, tuple[Callable[[Page], None], str]] = {
    "type a note": (write, "note"),
    "pin": (press("l", "j", "p"), "pin"),
    "move": (press("l", "Alt+ArrowDown"), "move"),
    "remove": (press("l", "End", "x"), "remove"),
    "add": (press("c", "a"), "add"),
    "dismiss": (press("c", "x"), "dismiss"),
    "undo": (press("l", "u"), "undismiss"),
    "quick look": (press("c", "Space", "j", "j", "Escape"), "look/*"),
    "check": (press("v"), "check"),
}


def measure(candidates: int, shown: str) -> list[str]:
    """Print the figures of the day's desk with these parameters. Those over their bounds."""
    program = chromium_program()
    if program is None:
        print("in a browser: skipped, Chromium is not installed")
        return []
    with shipped() as server, chromium(program) as browser:
        site = f"http://127.0.0.1:{server.port}"
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(60_000)
        sign_in(context, User.objects.create_superuser("browser"), site)
        context.add_init_script(WATCH)
        page = context.new_page()
        ready: list[float] = []
        blocked: dict[str, list[float]] = {name: [] for name in ACTS}
        for _ in range(ROUNDS):
            page.goto(f"{site}/admin/desk/{DAY}/{shown}")
            page.locator("#desk[data-ready]").wait_for()
            ready.append(float(page.evaluate(READY)))
            page.wait_for_timeout(500)
            for name, (act, answer) in ACTS.items():
                blocked[name].append(watched(page, act, answer))
            page.keyboard.press("Escape")
            Entry.objects.update(note="")
    figures = {name: min(several) for name, several in blocked.items()}
    told = ", ".join(f"{name} {longest:.0f}" if longest else f"{name} below 50" for name, longest in figures.items())
    print(f"{candidates:>5,} candidates  in a browser: page ready {min(ready):.0f} ms after its first byte")
    print(f"{candidates:>5,} candidates  longest task of its main thread in ms: {told}")
    over = [f"{name} in a browser at {candidates}" for name, longest in figures.items() if longest > MOST_BLOCKED_MS]
    return over + ([f"page ready at {candidates}"] if min(ready) > MOST_READY_MS else [])

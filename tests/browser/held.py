"""Answers that tests hold back, so that what is done meanwhile comes before them on any machine."""

import re

from playwright.sync_api import APIResponse, Page, Route

MOST_LOOKS = 1500


class Held:
    """The answer to a request of the desk that the server did once; the page gets it when it is let go."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.answers: list[tuple[Route, APIResponse]] = []
        address = re.compile(rf"/{name}(\?|$)")
        page.route(address, lambda route: self.answers.append((route, route.fetch())), times=1)

    def came(self) -> None:
        for _ in range(MOST_LOOKS):
            if self.answers:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("It was never asked for.")

    def let_go(self) -> None:
        self.came()
        route, answer = self.answers.pop()
        route.fulfill(response=answer)

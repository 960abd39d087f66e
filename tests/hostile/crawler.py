"""Somebody who opens every page and sends off every form, with a hostile text in every field that can be typed into."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.hostile.pages import Form, alive, forms, links, parsed
from tests.hostile.words import EVERY, MARK
from tests.mapapp.staff.world import FROM_OUR_PAGE, StaffClient

HOST: Final = "http://localhost"
_LEAVES: Final = ("staff.sign_out", "staff.sign_out_everywhere", "staff.end_sessions", "staff.change_person")
"""Somebody who sends these is gone, and sees no more."""


@dataclass(slots=True)
class Crawler:
    """Goes through the service as one of its people, or as anybody.

    Attributes
    ----------
    most_of_each
        How many pages, and how many forms, of each endpoint.
    problems
        What went wrong: answers of 500 and above, and text that came alive.
    pages
        The pages that were there, in the order they were met.
    """

    app: Flask
    client: StaffClient
    words: Sequence[str] = EVERY
    most_of_each: int = 2
    sends_forms: bool = True
    follows_links: bool = True
    problems: list[str] = field(default_factory=list)
    pages: dict[str, int] = field(default_factory=dict)
    sent_count: int = 0
    _seen: set[str] = field(default_factory=set)
    _met: Counter[str] = field(default_factory=Counter)
    _sent: Counter[str] = field(default_factory=Counter)
    _html: set[str] = field(default_factory=set)
    _word: int = 0

    def is_page(self, path: str) -> bool:
        """Whether an address that was met is a page, and no file."""
        return path in self._html

    def go(self, *starts: str) -> None:
        """Follow the links from these addresses, and send every form on the way."""
        waiting = deque(starts)
        while waiting:
            path = waiting.popleft()
            if path in self._seen:
                continue
            self._seen.add(path)
            endpoint = self._endpoint(path, "GET")
            if endpoint is None or self._met[endpoint] >= self.most_of_each:
                continue
            self._met[endpoint] += 1
            answer = self.client.get(path)
            waiting.extend(self._look(path, answer))
            answer.close()

    def _look(self, path: str, answer: TestResponse) -> Iterable[str]:
        """The links of an answer; what leads to forms is sent."""
        self.pages[path] = answer.status_code
        if answer.status_code >= 500:
            self.problems.append(f"{answer.status_code} {path}")
        if answer.status_code in {301, 302, 303}:
            return [answer.headers["Location"].removeprefix(HOST)]
        if answer.mimetype != "text/html":
            return []
        root = parsed(answer.text)
        self.problems += [f"{path}: {what}" for what in alive(root)]
        found = list(links(root, HOST + path)) if self.follows_links else []
        if "attachment" not in answer.headers.get("Content-Disposition", ""):
            self._html.add(path)
        for form in list(forms(root, HOST + path)) if self.sends_forms else ():
            found += self._send(path, form)
        return found

    def _send(self, path: str, form: Form) -> Iterator[str]:
        endpoint = self._endpoint(form.path, "POST" if form.is_post else "GET")
        if endpoint is None or endpoint in _LEAVES or form.has_file:
            return
        key = f"{endpoint} {sorted({name for name, _value in form.fields})}"
        if self._sent[key] >= (len(self.words) + 1) // 2 or self._sent[endpoint] >= 2 * len(self.words):
            return
        rounds = range(self.most_of_each) if form.typed else range(1)
        for _ in rounds:
            self._sent[key] += 1
            self._sent[endpoint] += 1
            sent = {
                name: [_encoded(value) for value in values] for name, values in form.filled(self._next_word).items()
            }
            self.sent_count += 1
            answer = self._answer(form, sent)
            yield from self._judge(f"{path} → {endpoint}", answer)
            answer.close()

    def _answer(self, form: Form, sent: dict[str, list[bytes]]) -> TestResponse:
        if form.is_post:
            return self.client.browser.post(form.path, data=sent, headers=FROM_OUR_PAGE)
        return self.client.get(form.path.partition("?")[0], query_string=sent)

    def _judge(self, where: str, answer: TestResponse) -> Iterator[str]:
        if answer.status_code >= 500:
            self.problems.append(f"{answer.status_code} {where}")
        if any(MARK in value for value in answer.headers.getlist("Set-Cookie")):
            self.problems.append(f"{where}: a cookie of somebody else's making")
        location = answer.headers.get("Location", "")
        if location.startswith(("//", "http")) and not location.startswith(HOST):
            self.problems.append(f"{where}: leads to {location[:100]}")
        elif location:
            yield location.removeprefix(HOST)
        if answer.mimetype == "text/html":
            self.problems += [f"{where}: {what}" for what in alive(parsed(answer.text))]

    def _next_word(self, _name: str) -> str:
        self._word += 1
        return self.words[self._word % len(self.words)]

    def _endpoint(self, path: str, method: str) -> str | None:
        adapter = self.app.url_map.bind("localhost")
        try:
            rule, _values = adapter.match(re.split(r"[?#]", path)[0], method=method, return_rule=True)
        except HTTPException:
            return None
        return str(rule.endpoint)


def _encoded(value: str) -> bytes:
    """As it travels: a lone surrogate is three bytes that are no UTF-8."""
    return value.encode("utf-8", "surrogatepass")

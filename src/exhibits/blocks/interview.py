"""`/// interview`: numbered questions, each with its answer in a fold and an address of its own, `#question-4`.

A question is a heading `### 4. Why?`; what follows it, up to the next heading, is its answer. `→ 4` in an answer leads
to that question. A script adds a random question, cards and progress.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from exhibits.blocks.base import SiteBlock
from exhibits.sheet import child

QUESTION = re.compile(r"(\d+)\. *\S")
REFERENCE = re.compile(r"→ (\d+)")
WORDS = {
    "random": "Random question",
    "cards": "One at a time",
    "list": "All questions",
    "previous": "Previous",
    "next": "Next",
    "knew": "Knew it",
    "again": "Again",
    "seen": "Seen",
    "reset": "Forget progress",
    "sure": "Forget what you have seen, known and want again?",
    "progress": "{} of {} seen, {} known, {} again",
    "tools": "Practice",
}


class Interview(SiteBlock):
    NAME = "interview"

    def on_create(self, parent: etree.Element) -> etree.Element:
        say = self.sheet.say
        words = {name: say(text, *["{}"] * text.count("{}")) for name, text in WORDS.items()}
        return child(parent, "div", class_="interview", data_words=json.dumps(words, ensure_ascii=False))

    def on_end(self, block: etree.Element) -> None:
        parts = list(block)
        self.numbers: list[int] = []
        holder = block
        for part in parts:
            block.remove(part)
            if part.tag in ("h1", "h2"):
                holder = block
            if part.tag == "h3":
                holder = self._question(block, part)
            else:
                holder.append(part)
        if self.numbers != list(range(1, len(self.numbers) + 1)) or not self.numbers:
            self.report("questions of an interview are headings, `### 1. Why?`, numbered from 1 in order")
        for part in parts:
            self._references(part)

    def _question(self, block: etree.Element, heading: etree.Element) -> etree.Element:
        """Where the answer goes: a fold below the heading."""
        match = QUESTION.match(heading.text or "")
        self.numbers.append(int(match[1]) if match else 0)
        heading.set("id", f"question-{self.numbers[-1]}")
        section = child(block, "section", class_="interview-question")
        section.append(heading)
        fold = child(section, "details", class_="interview-answer")
        child(fold, "summary", self.sheet.say("Answer"))
        return fold

    def _references(self, part: etree.Element) -> None:
        """Make links of `→ 4`; the text is still Markdown."""
        for element in part.iter():
            for number in map(int, REFERENCE.findall(element.text or "")):
                if number not in self.numbers:
                    self.sheet.report(self.sheet.line(f"→ {number}"), f"→ {number}: there is no such question")
            element.text = REFERENCE.sub(r"[\g<0>](#question-\1)", element.text or "")

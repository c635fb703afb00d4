"""`/// predict`: a question that stands open, what the reader may answer, and the answer in a fold.

One list parts the question from the text of the answer. Its items are options, one of them right, or one number to
enter, which a claim knows:

    /// predict                                    /// predict
    How many pips shows a die, in the mean?        How many pips show ten dice?

    - [ ] 3                                        - [=] {{ ten-dice:.1f }} pips
    - [x] 3.5
                                                   Ten times what one of them shows.
    Six faces, from 1 to 6.                        ///
    ///

A script makes a form of it and compares; without one the options stay a list.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from typing import Literal

from msgspec import Struct

from exhibits.blocks.base import SiteBlock
from exhibits.sheet import NUMBER, child

OPTIONS = "predict-options"  # the list becomes a choice, in which a link would be a second thing to press
MARKED = re.compile(r"\[([ x=])\] +(?=\S)")
FORMULA = re.compile(r"\$[^$]+\$")
FORM = "a list of options, `- [x] right` and `- [ ] wrong`, or one number to enter, `- [=] {{ claim-id:.2f }}`"
# What the script says; {} stands for what the reader entered, for the answer, and for how far apart they are.
CHOICE = {
    "compare": "Compare",
    "right": "You chose “{}”, which is right.",
    "wrong": "You chose “{}”. The answer is “{}”.",
}
ENTRY = {
    "compare": "Compare",
    "yours": "Your number",
    "unread": "Enter a number, such as 0.3 or 2e-16.",
    "close": "within a tenth",
    "percent more": "{} % more",
    "percent less": "{} % less",
    "times more": "{} times as much",
    "times less": "{} times less",
    "decades more": "{} powers of ten more",
    "decades less": "{} powers of ten less",
    "more": "{} more",
    "less": "{} less",
    "exact": "the same",
}


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of a prediction.

    Attributes:
        compare: how a number is compared, by "ratio" or, as fits logarithms and powers, by "difference".
    """

    compare: Literal["ratio", "difference"] = "ratio"


class Predict(SiteBlock):
    NAME = "predict"
    SCHEMA = Options

    def on_create(self, parent: etree.Element) -> etree.Element:
        holder = child(parent, "div", class_="admonition question predict")
        child(holder, "p", self.sheet.say("Predict first"), class_="admonition-title")
        return holder

    def on_end(self, block: etree.Element) -> None:
        place = next((place for place, part in enumerate(block) if part.tag == "ul"), None)
        if place is None:
            self.report(f"predict needs {FORM}")
            return
        items, rest = block[place], list(block)[place + 1 :]
        if place < 2 or any(part.tag != "p" for part in block[1:place]):
            self.report("predict needs a question, in paragraphs above its list")
        if not rest:
            self.report("predict needs a text below its list that explains the answer")
        for part in (items, *rest):
            block.remove(part)
        marked = [(mark[1], text[mark.end() :]) for text in map(_text, items) if (mark := MARKED.match(text))]
        if len(marked) < len(items):
            self.report(f"an item of predict's list has no mark; write {FORM}")
        elif any(mark == "=" for mark, _ in marked):
            self._number(block, marked, rest)
        else:
            self._choice(block, marked, rest)

    def _choice(self, block: etree.Element, marked: list[tuple[str, str]], rest: list[etree.Element]) -> None:
        right = [text for mark, text in marked if mark == "x"]
        if len(marked) < 2 or len(right) != 1:
            self.report(f"predict needs two options or more, one of them right, marked [x]; it has {len(right)}")
            return
        if not all(re.search(r"\w", FORMULA.sub("", text)) for _, text in marked):
            self.report("an option of formulas alone has no name that can be read out; add a word to it")
        options = child(block, "ul", class_=OPTIONS)
        for mark, text in marked:
            item = child(options, "li", **({"data_right": ""} if mark == "x" else {}))
            item.text = text
        block.set("data-words", self._words(CHOICE))
        self._answer(block, right[0], rest)

    def _number(self, block: etree.Element, marked: list[tuple[str, str]], rest: list[etree.Element]) -> None:
        text = marked[0][1]
        match = NUMBER.match(text)
        if len(marked) > 1 or match is None:
            self.report("a number to enter stands alone in its list, and comes from a claim: - [=] {{ claim-id:.2f }}")
            return
        value = self.sheet.value(match[0])
        if value is None:
            return
        name, quantity, form = match.groups()
        percent = (form or "").endswith("%")
        block.set("data-value", repr(100 * value if percent else value))
        block.set("data-compare", self.given.compare)
        if percent:
            block.set("data-percent", "")
        arithmetic = self.sheet.book.verdicts[name].claim.kind == "arithmetic"
        source = "theory" if quantity == "theory" else "the computation" if arithmetic else "the run"
        block.set("data-words", self._words(ENTRY | {"sentence": f"You said {{}}; {source} says {{}}: {{}}."}))
        self._answer(block, text, rest)

    def _words(self, texts: dict[str, str]) -> str:
        said = {name: self.sheet.say(text, *["{}"] * text.count("{}")) for name, text in texts.items()}
        return json.dumps(said, ensure_ascii=False)

    def _answer(self, block: etree.Element, answer: str, rest: list[etree.Element]) -> None:
        fold = child(block, "details", class_="predict-answer")
        child(fold, "summary", self.sheet.say("Answer"))
        child(child(fold, "p"), "strong", class_="predict-right").text = answer
        fold.extend(rest)


def _text(item: etree.Element) -> str:
    """Markdown of a list's item, which is a paragraph where blank lines stand between items."""
    holder = item[0] if len(item) and item[0].tag == "p" else item
    return (holder.text or "").strip()

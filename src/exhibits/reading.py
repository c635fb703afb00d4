"""How long a page takes to read: by its words, its formulas and its code."""

from __future__ import annotations

import re
from math import ceil

from exhibits.sheet import FORMULA_TAG

# Words and characters of Chinese that people read in a minute; seconds for a line of code, for a formula that stands
# apart and for one in a sentence.
WORDS, CHARACTERS = 220, 320
CODE, APART, INLINE = 2, 15, 2
FORMULA = re.compile(rf'<{FORMULA_TAG} class="math( display)?".*?</{FORMULA_TAG}>', re.S)
UNREAD = re.compile(r'<details class="exhibit-\w+">.*?</details>', re.S)  # how a figure is drawn, what is tested
LISTING = re.compile(r"<pre\b.*?</pre>", re.S)
SILENT = re.compile(r"<(svg|button|style|script|math)\b.*?</\1>|<[^>]+>", re.S)
PACKED = re.compile("[\u3400-\u9fff]")  # written without spaces between words
WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")


def minutes(html: str) -> int:
    """Whole minutes, at least one, that a page's content takes, answers and proofs in folds included."""
    html = UNREAD.sub(" ", html)
    formulas = [bool(match[1]) for match in FORMULA.finditer(html)]
    html = FORMULA.sub(" ", html)
    lines = sum(len(re.sub(r"<[^>]+>", "", listing).strip().splitlines()) for listing in LISTING.findall(html))
    text = SILENT.sub(" ", LISTING.sub(" ", html))
    packed = len(PACKED.findall(text))
    words = len(WORD.findall(PACKED.sub(" ", text)))
    seconds = CODE * lines + APART * sum(formulas) + INLINE * (len(formulas) - sum(formulas))
    return max(1, ceil(words / WORDS + packed / CHARACTERS + seconds / 60))

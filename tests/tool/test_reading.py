"""How long a page takes to read: what counts, and what does not."""

from __future__ import annotations

import pytest

from exhibits.reading import minutes

INLINE = '<tex-formula class="math" data-search-exclude=""><span>many <b>words</b> inside</span></tex-formula>'
APART = INLINE.replace('"math"', '"math display"')

# What takes a minute to the second, and what begins the next.
FULL = {
    "words": ("<p>" + "don’t " * 220 + "</p>", "more"),
    "Chinese": ("<p>" + "梯度" * 160 + "。</p>", "度"),
    "code": ("<pre><code>" + "<span>x</span> = 1\n" * 30 + "</code></pre>", "<pre>y</pre>"),
    "formulas that stand apart": (APART * 4, APART),
    "formulas in sentences": (f"<p>{INLINE * 30}.</p>", INLINE),
    "all of them": ("one " * 110 + APART + INLINE * 3 + "<pre>a\nb\n</pre>" + "梯" * 16, "two " * 30),
}


@pytest.mark.parametrize("case", FULL)
def test_a_minute_is_full_before_the_next_begins(case):
    full, more = FULL[case]
    assert (minutes(full), minutes(full + more)) == (1, 2)


def test_every_page_takes_a_minute():
    assert minutes("") == 1


@pytest.mark.parametrize("tag", ["svg", "button", "style", 'details class="exhibit-plotting"', "a title='{}'"])
def test_what_nobody_reads_takes_no_time(tag):
    words = "word " * 1000
    text = f"<p>One <a title='{words}'>two</a></p>" if "{}" in tag else f"<{tag}>{words}</{tag.split()[0]}>"
    assert minutes(text) == 1


def test_an_answer_in_a_fold_takes_time():
    assert minutes('<details class="question"><summary>Q</summary>' + "word " * 1000 + "</details>") == 5

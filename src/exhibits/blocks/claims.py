"""`/// claims`: every claim with theory, measurement and verdict, what it rules out, and where it is used."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from exhibits.blocks.base import SiteBlock
from exhibits.judge import ROUNDING, readable
from exhibits.model import Verdict
from exhibits.sheet import child, counted

SIGN = {None: "", "upper": "≤ ", "lower": "≥ "}
COLUMNS = ("Claim", "Theory", "Measured", "Tolerance", "Verdict")


class ClaimTable(SiteBlock):
    NAME = "claims"

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.sheet.whole = True
        book, holder = self.sheet.book, child(parent, "div", class_="claims")
        chapters: dict[str, list[Verdict]] = {}
        for verdict in book.verdicts.values():
            chapters.setdefault(verdict.claim.snippet.split("/")[0], []).append(verdict)
        for chapter in [*filter(chapters.__contains__, book.chapters), *sorted(chapters.keys() - book.chapters.keys())]:
            child(holder, "h2", book.chapters.get(chapter, chapter.capitalize()))
            table = child(holder, "table")
            head = child(child(table, "thead"), "tr")
            for column in COLUMNS:
                child(head, "th", column)
            body = child(table, "tbody")
            for verdict in chapters[chapter]:
                self._row(body, verdict)
        return holder

    def _row(self, body: etree.Element, verdict: Verdict) -> None:
        claim, book, sheet = verdict.claim, self.sheet.book, self.sheet
        row = child(body, "tr", id=claim.id)
        cell = child(row, "td")
        child(cell, "p", claim.says)
        links = child(cell, "p", class_="claim-links")
        child(links, "code", claim.id).tail = " "
        showing = book.pages_showing(claim.snippet)
        for page in dict.fromkeys(showing + book.pages_quoting(claim.id)):
            anchor = book.snippets[claim.snippet].slug if page in showing else ""
            child(links, "a", book.facts[page].title, href=sheet.link(page, anchor)).tail = " "
        if note := notes(verdict):
            child(cell, "p", note, class_="claim-links")
        for title, text in zip(COLUMNS[1:], texts(verdict), strict=True):
            child(row, "td", text, data_title=title)


def notes(verdict: Verdict) -> str:
    """What stands below a claim: what it rules out, its source, and every allowance it makes."""
    claim = verdict.claim
    rivals = "; ".join(f"{rival.name} ({readable(rival.value, '.4g')})" for rival in verdict.rivals)
    bias = claim.bias and f"Mean {readable(verdict.bias, '+.2g')} from theory: {claim.bias}."
    parts = [
        rivals and f"Rules out: {rivals}.",
        claim.setup and f"Trained with {claim.setup}.",
        claim.source and f"Source: {claim.source}.",
        bias,
        claim.why and f"Tolerance: {claim.why}.",
    ]
    return " ".join(part for part in parts if part)


def texts(verdict: Verdict) -> tuple[str, str, str, str]:
    """Theory, measurement, tolerance and verdict as a row shows them."""
    claim = verdict.claim
    spread = f" ± {readable(verdict.spread, '.1g')}" if verdict.spread else ""
    measured = f"{readable(verdict.mean, '.5g')}{spread}"
    if verdict.theory is None:
        return "–", measured, "–", "measured" if claim.kind != "arithmetic" else "computed"
    share = f"{verdict.holding} of {counted(verdict.seeds, 'seed')}" if verdict.spread else "no randomness"
    word = "fails" if verdict.complaint else "computed two ways" if claim.kind == "arithmetic" else "holds"
    return f"{SIGN[claim.bound]}{readable(verdict.theory, '.5g')}", measured, tolerance(verdict), f"{word}, {share}"


def tolerance(verdict: Verdict) -> str:
    """A claim's tolerance in words."""
    claim = verdict.claim
    if claim.bound:
        ratio = verdict.mean / verdict.theory if verdict.theory else 0.0
        return f"bound; measured {readable(ratio, '.2g')} of it" if ratio else "bound"
    if claim.ulps is not None:
        units = abs(verdict.bias) / (ROUNDING[claim.dtype] * max(abs(verdict.theory or 0.0), 1.0))
        limit, dtype = readable(claim.ulps, ".3g"), claim.dtype
        return f"{limit} units of the last place of {dtype}; measured {readable(units, '.2g')}"
    if claim.rel_tol is not None:
        return f"{readable(claim.rel_tol, '.2g')} relative"
    return readable(claim.abs_tol, ".2g") if claim.abs_tol else "exact"

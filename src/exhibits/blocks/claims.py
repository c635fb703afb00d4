"""`/// claims`: every claim by chapter: theory, measurement, verdict, what it rules out, where it is used."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

from markdown.util import AtomicString

from exhibits.blocks.base import SiteBlock
from exhibits.blocks.ratios import figure
from exhibits.judge import ROUNDING, readable
from exhibits.model import Kind, Rival, Verdict
from exhibits.sheet import FOLDED_TAG, child, counted, measured

SIGN = {None: "", "upper": "≤ ", "lower": "≥ "}
KINDS: dict[Kind | None, str] = {
    "network": "Sampled network",
    "training": "Training",
    "sampling": "Sampling",
    "arithmetic": "Arithmetic",
    None: "",
}
COLUMNS = ("Claim", "Theory", "Measured", "Tolerance", "Verdict")
MANY = 1000  # standard errors beyond which their number tells nothing more


class ClaimTable(SiteBlock):
    NAME = "claims"

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.sheet.whole = True
        holder = child(parent, "div", class_="claims")
        chapters = by_chapter(self.sheet.book.verdicts, self.sheet.book.chapters)
        if drawing := figure(chapters):
            self.html(holder, drawing, FOLDED_TAG, **{"data-search-exclude": ""})
        for number, (title, verdicts) in enumerate(chapters, 1):
            section = child(holder, "section")
            child(section, "h2", title, id=f"chapter-{number}")
            # The page has a filter of its own; in the site's search its rows would weigh a third of the index.
            rows = child(section, "div", class_="claims-rows", style=f"--rows: {len(verdicts)}", data_search_exclude="")
            table = child(rows, "table", class_="claims-table")
            head = child(child(table, "thead"), "tr")
            for column in COLUMNS:
                child(head, "th", column, scope="col")
            body = child(table, "tbody")
            for verdict in verdicts:
                self._row(body, verdict)
        return holder

    def _row(self, body: etree.Element, verdict: Verdict) -> None:
        claim, book, sheet = verdict.claim, self.sheet.book, self.sheet
        row = child(body, "tr", id=claim.id)  # the filter reads kind and verdict in its cells
        cell = child(row, "td")
        child(cell, "p", claim.says)
        if excluded := rules_out(verdict):
            label = child(child(cell, "p"), "strong", "Rules out")
            label.tail = AtomicString(f" {excluded}.")
        about = child(cell, "small")
        about.text = AtomicString(origin(verdict) + allowances(verdict))
        links = child(about, "span", " ")
        child(links, "code", claim.id)
        if claim.ablation in book.verdicts:
            says = book.verdicts[claim.ablation].claim.says
            child(links, "a", f"Without it: {says}", href=f"#{claim.ablation}")
        showing = book.pages_showing(claim.snippet)
        for page in dict.fromkeys(showing + book.pages_quoting(claim.id)):
            anchor = book.snippets[claim.snippet].slug if page in showing else ""
            child(links, "a", book.facts[page].title, href=sheet.link(page, anchor))
        for link in list(links)[:-1]:
            link.tail = " · "
        for text in texts(verdict):
            child(row, "td", text)


def by_chapter(verdicts: dict[str, Verdict], titles: dict[str, str]) -> list[tuple[str, list[Verdict]]]:
    """Each chapter's title and verdicts, in the order of the settings, then of the alphabet."""
    chapters: dict[str, list[Verdict]] = {}
    for verdict in verdicts.values():
        chapters.setdefault(verdict.claim.snippet.split("/")[0], []).append(verdict)
    order = [*filter(chapters.__contains__, titles), *sorted(chapters.keys() - titles.keys())]
    return [(titles.get(name, name.capitalize()), chapters[name]) for name in order]


def standing(verdict: Verdict) -> str:
    """The verdict in few words; arithmetic is computed, never measured."""
    arithmetic = verdict.claim.kind == "arithmetic"
    if verdict.complaint:
        return "fails"
    if verdict.theory is None:
        return "computed" if arithmetic else "not judged"
    return "computed two ways" if arithmetic else "holds"


def rules_out(verdict: Verdict) -> str:
    """The wrong theories that the measurement rejects, and by how much; "" for what is not judged."""
    if verdict.theory is None:
        return ""
    named = "; ".join(f"{rival.name} ({readable(rival.value, '.3g')}, {distance(rival)})" for rival in verdict.rivals)
    beyond = "values beyond the bound" if verdict.claim.bound else "values outside the tolerance"
    return named or f"{beyond}; no rival theory is named"


def distance(rival: Rival) -> str:
    """How far the measured mean is from a rival, in standard errors where there are any."""
    if not rival.errors:
        return "exactly"
    errors = f"over {MANY:,}" if rival.errors > MANY else f"{rival.errors:.{0 if rival.errors >= 10 else 1}f}"
    return f"by {errors} s.e."


def origin(verdict: Verdict) -> str:
    """Where a claim's number comes from, and why its mean is not theory's, if so."""
    claim = verdict.claim
    kind = f"{KINDS[claim.kind]}, with {claim.setup}" if claim.setup else KINDS[claim.kind]
    bias = claim.bias and f"Mean {readable(verdict.bias, '+.2g')} from theory: {claim.bias}."
    return " ".join(filter(None, (kind and f"{kind}.", bias)))


def allowances(verdict: Verdict) -> str:
    """A claim's source and the reason for what it admits."""
    claim = verdict.claim
    why = claim.why and f"{'Bound' if claim.bound else 'Tolerance'}: {claim.why}."
    return "".join(f" {part}" for part in (claim.source and f"Source: {claim.source}.", why) if part)


def texts(verdict: Verdict) -> tuple[str, str, str, str]:
    """Theory, measurement, tolerance and verdict as a row shows them."""
    claim, word = verdict.claim, standing(verdict)
    if verdict.theory is None:
        seeds = f", {verdict.seeds} seeds" if verdict.seeds > 1 else ""
        return "–", whole(measured(verdict)), "–", word + seeds
    share = f"{verdict.holding} of {counted(verdict.seeds, 'seed')}" if verdict.seeds > 1 else "no randomness"
    needed = f" ({claim.share} needed)" if claim.share is not None else ""
    judged = word if word == "computed two ways" and verdict.seeds == 1 else f"{word}, {share}{needed}"
    found = measured(verdict) + (" (computed)" if claim.kind == "arithmetic" else "")
    theory = f"{SIGN[claim.bound]}{readable(verdict.theory, '.5g')}"
    return whole(theory), whole(found), whole(tolerance(verdict)), judged


def whole(text: str) -> str:
    """`text` without a line break inside a number."""
    return re.sub(r"(?<=[×±≤≥]) | (?=×)", "\N{NO-BREAK SPACE}", text)


def tolerance(verdict: Verdict) -> str:
    """A claim's tolerance in words."""
    claim = verdict.claim
    if claim.bound:
        ratio = verdict.mean / verdict.theory if verdict.theory else 0.0
        return f"{claim.bound} bound" + (f"; measured {readable(ratio, '.2g')} of it" if ratio else "")
    if claim.ulps:
        units = abs(verdict.bias) / (ROUNDING[claim.dtype] * max(abs(verdict.theory or 0.0), 1.0))
        found = f"measured {readable(units, '.2g')}" if units else "no difference measured"
        unit = "unit" if claim.ulps == 1 else "units"
        return f"{readable(claim.ulps, '.3g')} {unit} in the last place ({claim.dtype}); {found}"
    if claim.rel_tol:
        return f"± {readable(100 * claim.rel_tol, '.2g')}\u00a0%"
    return f"± {readable(claim.abs_tol, '.2g')}" if claim.abs_tol else "exact"

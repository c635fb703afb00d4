"""Translations: which paragraphs of an original have changed since they were translated, and for how long.

A translated page's front matter names the original and holds a digest of each of its paragraphs, in order:

    translates: throws.md
    paragraphs: >-
      0a1b2c3d 4e5f6a7b

Paragraphs are separated by blank lines; the original's front matter is the first. A page that puts together parts of
several originals lists these, and says how the paragraphs that it translates begin:

    translates: [throws.md, index.md]
    beginning: "**In short:**"
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from exhibits.history import git
from exhibits.model import Page, Problem, ProblemsFound
from exhibits.source import FRONT_MATTER, line_of
from exhibits.store import write_whole

GRACE = 14 * 24 * 3600  # seconds for which a translation may be behind where CI builds the site
DIGITS, IN_LINE, WORDS = 8, 12, 6  # of a digest; digests in a line; words by which a message names a paragraph
DIGESTS = re.compile(r"^paragraphs:.*\n(?:[ \t]+.*\n)*", re.M)


class Paragraph(Struct, frozen=True):
    """Part of a page between blank lines, at its number and lines, all from 1."""

    file: str
    number: int
    first: int
    last: int
    text: str

    @property
    def digest(self) -> str:
        """Of its words: a line broken elsewhere changes nothing."""
        return hashlib.sha256(" ".join(self.text.split()).encode()).hexdigest()[:DIGITS]

    def __str__(self) -> str:
        words = [word for word in self.text.split() if word != "---"]
        more = "…" if len(words) > WORDS else ""
        return f"paragraph {self.number} of {self.file} (line {self.first}, “{' '.join(words[:WORDS])}{more}”)"


class Translation(Struct, frozen=True):
    """A translated page, its originals, and digests of the paragraphs as they were when it was made."""

    page: Page
    originals: tuple[Page, ...]
    beginning: str
    digests: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether it says all that one original says."""
        return len(self.originals) == 1 and not self.beginning

    def paragraphs(self) -> list[Paragraph]:
        """What it translates, as the originals have it now."""
        found = [paragraph for page in self.originals for paragraph in paragraphs(page)]
        return [paragraph for paragraph in found if paragraph.text.startswith(self.beginning)]


class _Front(Struct, frozen=True):
    """What a page's front matter says of its translation; the rest is the generator's."""

    translates: str | list[str] = ""
    beginning: str = ""
    paragraphs: str = ""


def paragraphs(page: Page) -> list[Paragraph]:
    """A page's parts between blank lines."""
    found = []
    for number, match in enumerate(re.finditer(r"(?:^[^\n]*\S[^\n]*(?:\n|\Z))+", page.text, re.M), 1):
        first = page.text.count("\n", 0, match.start()) + 1
        text = match[0].rstrip()
        found.append(Paragraph(page.file, number, first, first + text.count("\n"), text))
    return found


def translations(pages: dict[str, Page]) -> tuple[dict[str, Translation], list[Problem]]:
    """Every translated page, and what is wrong with how one says so."""
    found, problems = {}, []
    for path, page in pages.items():
        front = FRONT_MATTER.match(page.text)
        if front is None or not re.search(r"^translates:", front[0], re.M):
            continue
        line = line_of(page.text, "\ntranslates:") + 1
        try:
            said = msgspec.convert(yaml.safe_load(front[0].strip("-.\n")), _Front)
        except (yaml.YAMLError, msgspec.ValidationError) as error:
            message = "write `translates: page.md` and let `exhibits accept` write `paragraphs`"
            problems.append(Problem(page.file, line, f"front matter: {str(error).splitlines()[0]}; {message}"))
            continue
        names = [said.translates] if isinstance(said.translates, str) else said.translates
        for name in (name for name in names if name not in pages):
            problems.append(Problem(page.file, line, f"translates a page that does not exist: {name}"))
        if any(name not in pages for name in names):
            continue
        originals = tuple(pages[name] for name in names)
        found[path] = Translation(page, originals, said.beginning, tuple(said.paragraphs.split()))
        if not said.paragraphs:
            message = f"has no digests of what it translates; `exhibits accept {path}` takes them"
            problems.append(Problem(page.file, line, message))
    return found, problems


def behind(translation: Translation) -> Iterator[tuple[str, Paragraph | None]]:
    """What changed in the originals since the translation: a message, and the paragraph where it is still there."""
    now = translation.paragraphs()
    matcher = SequenceMatcher(None, translation.digests, [paragraph.digest for paragraph in now], autojunk=False)
    for tag, old, old_end, new, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for place, paragraph in enumerate(now[new:new_end]):
            what = "has changed" if place < old_end - old else "is new"
            yield f"{paragraph} {what} since it was translated", paragraph
        gone = (old_end - old) - (new_end - new)
        if gone > 0:
            where = f"after {now[new_end - 1]}" if new_end else f"at the beginning of {translation.originals[0].file}"
            yield f"{gone} translated paragraph{'s' * (gone > 1)} {where} can no longer be found", None


def outdated(root: Path, found: dict[str, Translation]) -> tuple[list[Problem], list[Problem]]:
    """What translators must mend, as notes and as problems: an error where CI builds and the grace has passed."""
    notes: list[Problem] = []
    problems: list[Problem] = []
    for translation in (one for one in found.values() if one.digests):
        line = line_of(translation.page.text, "\ntranslates:") + 1
        for message, paragraph in behind(translation):
            file = paragraph.file if paragraph else translation.originals[0].file
            late = os.environ.get("CI") and time.time() - last_change(root, file, paragraph) > GRACE
            (problems if late else notes).append(Problem(translation.page.file, line, message))
    return notes, problems


def last_change(root: Path, file: str, paragraph: Paragraph | None) -> float:
    """When a paragraph, or else its file, changed by git's record, in seconds; now where git has none."""
    if paragraph:
        said = git(root, "blame", "--porcelain", f"-L{paragraph.first},{paragraph.last}", "--", file)
    else:
        said = git(root, "log", "-1", "--format=committer-time %ct", "--", file)
    return max(map(float, re.findall(r"^committer-time (\d+)$", said, re.M)), default=time.time())


def accept(root: Path, pages: dict[str, Page], names: list[str]) -> list[str]:
    """Take the originals as they are now for what the named pages translate; returns the files that changed.

    Raises:
        ProblemsFound: a name is no translation; nothing was written.
    """
    found, _ = translations(pages)
    if unknown := [name for name in names if name not in found]:
        raise ProblemsFound([Problem(f"docs/{name}", 1, "is no page with `translates: page.md`") for name in unknown])
    changed = []
    for name in names:
        page, digests = found[name].page, [paragraph.digest for paragraph in found[name].paragraphs()]
        lines = [" ".join(digests[start : start + IN_LINE]) for start in range(0, len(digests), IN_LINE)]
        entry = "paragraphs: >-\n" + "".join(f"  {line}\n" for line in lines)
        front = FRONT_MATTER.match(page.text)
        assert front is not None  # or it would be no translation
        kept = DIGESTS.sub("", front[0])
        head = re.sub(r"(---|\.\.\.)\n\Z", rf"{entry}---\n", kept)
        if write_whole(root / page.file, head + page.text[front.end() :]):
            changed.append(page.file)
    return changed

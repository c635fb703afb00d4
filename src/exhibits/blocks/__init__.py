"""What a page may contain beside Markdown, a file each; `BLOCKS` and `PROCESSORS` say what there is."""

from __future__ import annotations

from exhibits.blocks.base import SiteBlock, SiteProcessor
from exhibits.blocks.cards import Cards
from exhibits.blocks.claims import ClaimTable
from exhibits.blocks.exhibit import Exhibit
from exhibits.blocks.gallery import Gallery
from exhibits.blocks.glossary import Terms
from exhibits.blocks.interview import Interview
from exhibits.blocks.lab import LabCell
from exhibits.blocks.margins import Foot, Head
from exhibits.blocks.modules import Modules
from exhibits.blocks.papers import CitedOn
from exhibits.blocks.predict import Predict
from exhibits.blocks.theorem import Hypothesis, Proof, TheoremBlock

BLOCKS: tuple[type[SiteBlock], ...] = (
    Exhibit, ClaimTable, Gallery, Interview, LabCell, Modules, Predict, TheoremBlock, Hypothesis, Proof,
)  # fmt: skip
PROCESSORS: tuple[type[SiteProcessor], ...] = (Terms, CitedOn, Head, Foot, Cards)

__all__ = ["BLOCKS", "PROCESSORS"]

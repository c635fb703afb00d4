"""A tiny site that builds, to be broken in one place at a time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, build


def lab(*sources: str, **metadata) -> str:
    """A notebook: a heading, then one cell for each source; `metadata` is that of the last."""
    cells = [{"cell_type": "markdown", "id": "cell-0", "metadata": {}, "source": ["# Lab\n", "\n", "That is $x^2$."]}]
    for number, source in enumerate(sources, 1):
        cell = {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "execution_count": None, "outputs": []}
        cells.append(cell | {"source": source.splitlines(keepends=True)})
    cells[-1]["metadata"] = metadata
    about = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "time_limit": 20}
    return json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1)


FILES = {
    "mkdocs.yml": """
site_name: Tiny
use_directory_urls: false
theme: {name: material, font: false}
plugins:
  - search
  - mkdocs-jupyter: {include: ["labs/*.ipynb"], ignore: ["*.md"], execute: true, allow_errors: false}
hooks: [HOOKS]
markdown_extensions:
  - attr_list
  - def_list
  - tables
  - pymdownx.arithmatex: {generic: true}
  - exhibits.markdown: {macros: {'\\E': '\\mathbb{E}'}}
validation: {omitted_files: warn, anchors: warn}
nav: [index.md, labs/lab.ipynb, reference/claims.md, reference/gallery.md, reference/glossary.md, reference/papers.md]
""",
    "docs/index.md": """# Tiny

The answer, [so Ohm](reference/papers.md#ohm-1827), is {{ answer }}, that is $\\E[x] = 1$.

/// exhibit | one/figure
    alt: A straight line from zero to one.

The caption with {{ answer.theory:.2f }}.
///

/// exhibit | one/plain
///
""",
    "docs/reference/claims.md": "# Claims\n\n/// claims\n///\n",
    "docs/reference/gallery.md": "# Gallery\n\n/// gallery\n///\n",
    "docs/reference/glossary.md": "# Glossary\n\nAnswer { #answer }\n:   What a question asks for. See $x$.\n",
    "docs/reference/papers.md": "# Papers\n\nOhm 1827 { #ohm-1827 }\n:   Die galvanische Kette.\n",
    "docs/labs/lab.ipynb": lab("answer = 6 * 7\nprint(answer)", "assert answer == 42", tags=["solution"]),
    "snippets/one/figure.py": '''"""Draw a line."""
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
answer = 1 + 0.001 * torch.randn(()).item()
print(f"answer {answer:.1f}")

# %% Plot
plt.plot([0, 1], label="line")
plt.legend()
plt.show()
''',
    "snippets/one/figure.out": "answer 1.0\n",
    "snippets/one/plain.py": '"""Print two."""\n\nprint("two", 2.0)\n',
    "snippets/one/plain.out": "two 2.0\n",
    "snippets/one/claims.toml": """
[[claim]]
id = "answer"
says = "The answer is one"
snippet = "figure"
measured = "answer"
theory = "1"
rel_tol = 0.005
source = "arithmetic"
""",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("HOOKS", str(ROOT / "exhibits/hooks.py")), "utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write(folder, FILES)
    result = build(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture
def tiny(built, tmp_path) -> Path:
    """A copy of the built tiny site, results and all."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path

"""A tiny site that builds, to be broken in one place at a time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, build

FILES = {
    "mkdocs.yml": """
site_name: Tiny
use_directory_urls: false
theme: {name: material, font: false}
hooks: [HOOKS]
markdown_extensions:
  - attr_list
  - tables
  - pymdownx.arithmatex: {generic: true}
  - exhibits.markdown: {macros: {'\\E': '\\mathbb{E}'}}
validation: {omitted_files: warn, anchors: warn}
nav: [index.md, reference/claims.md, reference/gallery.md]
""",
    "docs/index.md": """# Tiny

The answer is {{ answer }}, that is $\\E[x] = 1$.

/// exhibit | one/figure
    alt: A straight line from zero to one.

The caption with {{ answer.theory:.2f }}.
///

/// exhibit | one/plain
///
""",
    "docs/reference/claims.md": "# Claims\n\n/// claims\n///\n",
    "docs/reference/gallery.md": "# Gallery\n\n/// gallery\n///\n",
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

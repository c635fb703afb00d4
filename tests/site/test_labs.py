"""The labs and the snippets' notebooks, as readers download them."""

from __future__ import annotations

import ast
import json
import math
import os
import re
import subprocess
import sys

import nbformat
import pytest
import torch
from bs4 import BeautifulSoup

import theory
from tests.conftest import ROOT

LABS = sorted(path.stem for path in (ROOT / "docs/labs").glob("*.ipynb"))
SNIPPETS = sorted(f"{path.parent.name}/{path.stem}" for path in (ROOT / "snippets").glob("*/*.py"))
ONE_NEURON = (2**0.01 - 1) ** -1

# What the solutions arrive at, by expression over the notebook's variables, and what theory says: (value, relative).
EXPECTED = {
    "repair": {
        "solution_factor_per_layer**2": (1 / 6, 1e-9),
        "solution_growth_20": (theory.batchnorm_gain(torch.relu) ** 9.5, 1e-3),
        "solution_alpha**2 * depth": (1, 1e-9),
        "math.log10(profile[patient][0])": (19 * math.log10(1 / 6) / 2, 0.1),
    },
    "explosion": {
        "solution_by_hand": (theory.batchnorm_gain(torch.relu), 1e-4),
        "solution_gains['tanh']": (theory.batchnorm_gain(torch.tanh), 1e-4),
        "solution_gains['sigmoid']": (theory.batchnorm_gain(torch.sigmoid), 1e-4),
        "solution_gains['GELU']": (theory.batchnorm_gain(torch.nn.functional.gelu), 1e-4),
        "solution_ratio_10_to_100": (10 ** (math.pi / (math.pi - 1)), 1e-9),
    },
    "remember": {
        "solution_factor_once": (3**-0.5, 1e-9),
        "solution_bias": (math.log(ONE_NEURON), 1e-9),
        "min(scores['orthogonal RNN'])": (1, 0.05),
    },
    "transformer": {
        "solution_times_smaller": (1000, 1e-9),
        "solution_powers_after_three": (27, 1e-9),
        "math.log10(left[0] / left[1])": (3, 0.01),
        "solution_share * (1 + 1e-8 / g)": (1, 1e-9),
        "min(finals['no repair'])": (math.log(10), 0.03),
        "solution_below_one": (1, 1e-9),
    },
}


def code(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def source(cell: dict) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize("name", LABS)
def test_lab_runs_from_top_to_bottom_elsewhere_and_its_solutions_agree_with_theory(name, site, tmp_path):
    notebook = json.loads((site / f"labs/{name}.ipynb").read_text("utf-8"))
    report = f"import json; print('@@' + json.dumps([float(v) for v in [{', '.join(EXPECTED[name])}]]))"
    script = "\n\n".join([*map(source, code(notebook)), report])
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "MPLBACKEND": "agg", "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",  # as in the build; the other core may have other work
    }  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-I", "-W", "ignore:FigureCanvasAgg", "-"],
        input=script, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert result.returncode == 0 and result.stderr == "", result.stderr
    values = json.loads(result.stdout.split("@@")[1])
    for (expression, (expected, relative)), value in zip(EXPECTED[name].items(), values, strict=True):
        assert value == pytest.approx(expected, rel=relative), expression
    assert {path.name for path in tmp_path.iterdir()} <= {".cache", ".config"}, "leaves files behind"


@pytest.mark.parametrize("name", LABS)
def test_every_exercise_has_a_check_and_a_solution_with_names_of_its_own(name):
    cells = code(json.loads((ROOT / f"docs/labs/{name}.ipynb").read_text("utf-8")))
    kinds = [(cell["metadata"].get("tags") or [""])[0] for cell in cells]
    assert kinds.count("exercise") >= 4
    learners = {name for cell, kind in zip(cells, kinds, strict=True) if kind == "exercise" for name in bound(cell)}
    for place, kind in enumerate(kinds):
        if kind == "exercise":
            after = [k for k in kinds[place + 1 : place + 4] if k]
            assert after[:2] == ["check", "solution"]
        if kind == "solution":
            assert cells[place]["metadata"]["jupyter"]["source_hidden"], "folded in JupyterLab, too"
            assert not bound(cells[place]) & learners, "a solution does not overwrite the learner's answer"


def bound(cell: dict) -> set[str]:
    """Names that a cell assigns or defines at its top level."""
    names = set()
    for node in ast.parse(source(cell)).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names


@pytest.mark.parametrize("name", LABS)
def test_links_of_a_downloaded_lab_lead_to_pages_of_the_site(name, site):
    text = (site / f"labs/{name}.ipynb").read_text("utf-8")
    links = re.findall(r"\]\((\.\./[^)#]+)", text)
    assert links and all((site / "labs" / link).is_file() for link in links), links
    assert "{{" not in text


@pytest.mark.parametrize("name", LABS)
def test_lab_is_stored_without_results(name):
    notebook = nbformat.read(ROOT / f"docs/labs/{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code(notebook))


@pytest.mark.parametrize("name", LABS)
def test_lab_page_shows_results_and_folds_solutions(name, site):
    soup = BeautifulSoup((site / f"labs/{name}.html").read_text("utf-8"), "html.parser")
    cells = code(json.loads((ROOT / f"docs/labs/{name}.ipynb").read_text("utf-8")))
    solutions = [cell for cell in cells if "solution" in cell["metadata"].get("tags", ())]
    folded = soup.select(".lab details.solution")
    assert len(folded) == len(solutions) and not any(tag.has_attr("open") for tag in soup.select(".lab details"))
    assert len(soup.select(".lab samp")) >= 4
    assert len(soup.select(".lab figure .drawing")) == sum("plt.show()" in source(cell) for cell in cells)
    assert not soup.select(".lab style:not(svg style), .lab script, .lab img")
    assert soup.select_one(f'a[download][href="{name}.ipynb"]')


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippet_as_a_notebook_is_the_same_code(name, site, source):
    notebook = nbformat.read(site / f"snippets/{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    text, *cells = notebook["cells"]
    whole = ast.parse(source.snippets[name].code)
    assert text["source"] == ast.literal_eval(whole.body[0].value)
    joined = "\n".join(cell["source"] for cell in cells)
    assert ast.dump(ast.parse(joined)) == ast.dump(ast.Module(whole.body[1:], []))

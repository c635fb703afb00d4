"""Command line: `python -m exhibits site | serve | accept | bench`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time

from exhibits.cache import write_whole
from exhibits.claims import changed_outputs, failures, judge
from exhibits.project import ProblemsFound, Project
from exhibits.run import run_project


def say(text: str) -> None:
    print(text, flush=True)


def run(project: Project) -> dict:
    """Run what changed and store the outcome for the pages."""
    say(f"snippets: {len(project.snippets)}, claims: {len(project.claims)}")
    outcome = run_project(project, say)
    write_whole(project.cache / "outcome.json", json.dumps(outcome))
    return outcome


def check(project: Project, outcome: dict) -> None:
    """Raise ProblemsFound for changed outputs, failing claims and misplaced files."""
    problems = changed_outputs(project, outcome["runs"]) + failures(judge(project, outcome)) + project.misplaced()
    if problems:
        raise ProblemsFound(problems)


def site(project: Project) -> None:
    """Build strictly into a temporary folder; replace `site/` only when everything passed."""
    check(project, run(project))
    import logging

    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort

    new, old, target = (project.root / part for part in (".cache/site-new", ".cache/site-old", "site"))
    # Each problem is one line: file, line, message. Without a handler MkDocs would only count them.
    problems = logging.StreamHandler(sys.stdout)
    problems.setLevel(logging.WARNING)
    logging.getLogger("mkdocs").addHandler(problems)
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    config = load_config(str(project.root / "mkdocs.yml"), strict=True, site_dir=str(new))
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    except Abort as error:
        shutil.rmtree(new, ignore_errors=True)
        raise SystemExit(f"nothing published: {error}") from None
    finally:
        config.plugins.on_shutdown()
    if target.exists():
        os.replace(target, old)
    os.replace(new, target)
    shutil.rmtree(old, ignore_errors=True)
    say(f"site: {target / 'index.html'}")


def serve(project: Project) -> None:
    """Live reload of prose and snippets at http://127.0.0.1:8000."""
    from mkdocs.commands.serve import serve as mkdocs_serve

    mkdocs_serve(str(project.root / "mkdocs.yml"), watch=[str(project.root / "snippets")])


def accept(project: Project) -> None:
    """Take the present output of every snippet as the expected one; write only what differs."""
    outcome = run(project)
    changed = changed_outputs(project, outcome["runs"])
    for name, snippet in project.snippets.items():
        file = project.relative(snippet.expected)
        if any(problem.file == file for problem in changed):
            write_whole(snippet.expected, outcome["runs"][name]["stdout"])
            say(f"took {file}")


def bench(project: Project) -> None:
    """Print what builds cost, as ratios."""
    from exhibits.bench import bench

    bench(project)


COMMANDS = {"site": site, "serve": serve, "accept": accept, "bench": bench}


def main() -> None:
    parser = argparse.ArgumentParser(prog="exhibits", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args().command
    started = time.monotonic()
    # mkdocs.yml names this package's modules, and MkDocs imports them from the path.
    sys.path.insert(0, os.getcwd())
    try:
        COMMANDS[command](Project())
    except ProblemsFound as found:
        say("\n".join(map(str, found.problems)))
        raise SystemExit(f"{len(found.problems)} problem(s), nothing published") from None
    say(f"{command}: done in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()

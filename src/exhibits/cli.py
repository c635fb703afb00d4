"""Command line: `exhibits run | prepare | site | serve | accept | compare | bench | mutate`."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

from exhibits.judge import changed_output, changed_outputs, failures, judge
from exhibits.model import Problem, ProblemsFound
from exhibits.publish import BUILD, prepare
from exhibits.run import Results, cluster, end_children, interruptible, run, share
from exhibits.site import build, only_build, serve
from exhibits.source import Source, read
from exhibits.store import KEEP_DAYS, Store, write_whole
from exhibits.summary import write as write_summary
from exhibits.translation import accept
from exhibits.versions import keep, kept, recorded, report

ROOT = Path()


def say(text: str) -> None:
    print(text, flush=True)


def results_of(source: Source, names: tuple[str, ...], shard: str = "", stored: bool = False) -> Results:
    """Run what changed: all of it, the named snippets, or one machine's share, "2/8"; with `stored`, run nothing.

    Raises:
        ProblemsFound: a name is no snippet, or a job failed.
    """
    unknown = [Problem(f"snippets/{name}.py", 1, "no such snippet") for name in names if name not in source.snippets]
    if unknown:
        raise ProblemsFound(unknown)
    store, only = Store(Path(source.root) / BUILD / "results"), names or None
    if shard:
        number, of = map(int, shard.split("/"))
        only = share(source, store, number, of)
    with scheduled() as executor:
        return run(source, store, say, only=only, executor=executor, stored=stored)


@contextmanager
def scheduled() -> Iterator[Executor | None]:
    """The cluster that EXHIBITS_SCHEDULER names, if it does."""
    address = os.environ.get("EXHIBITS_SCHEDULER")
    if not address:
        yield None
        return
    with cluster(address) as executor:
        yield executor


def a_share(text: str) -> str:
    """A share such as 2/8, as argparse checks it."""
    number, _, of = text.partition("/")
    if not (number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"{text} is no share; write 2/8 for the second of eight")
    return text


def run_command(arguments: argparse.Namespace) -> None:
    """Run and judge; with names, those snippets alone."""
    source = read(ROOT)
    with only_build(Path(source.root), say):
        results = results_of(source, tuple(arguments.names), arguments.shard or "", arguments.stored)
        verdicts = judge(source, results)
        if arguments.record:
            keep(recorded(verdicts.values(), source.settings.run.libraries), Path(arguments.record))
        problems = changed_outputs(source, results) + failures(verdicts)
        for verdict in verdicts.values() if arguments.names else ():
            theory = "measurement" if verdict.theory is None else f"theory {verdict.theory:.6g}"
            measured = f"measured {verdict.mean:.6g} ± {verdict.spread:.2g}, {verdict.seeds} seeds"
            say(f"  {verdict.claim.id}: {theory}, {measured}")
        if problems:
            raise ProblemsFound(problems)
        say(f"jobs run: {len(results.ran)}, claims judged: {len(verdicts)}")


def prepare_command(arguments: argparse.Namespace) -> None:
    """Everything that pages need, into build/docs."""
    with only_build(ROOT.resolve(), say), scheduled() as executor:
        prepared = prepare(ROOT, say, workers=arguments.workers, executor=executor)
    say(f"jobs run: {len(prepared.results.ran)}, pages woven: {prepared.woven}, files changed: {prepared.written}")


def site_command(arguments: argparse.Namespace) -> None:
    """Build strictly; replace site/ only when everything passed."""
    with scheduled() as executor:
        keep_days = 0 if arguments.prune else KEEP_DAYS
        build(ROOT, say, workers=arguments.workers, executor=executor, keep_days=keep_days)


def serve_command(arguments: argparse.Namespace) -> None:
    """Live reload of prose and snippets."""
    serve(ROOT, say)


def accept_command(arguments: argparse.Namespace) -> None:
    """Take the present output of every snippet, or of the named ones, as the expected one.

    A name that ends in .md is a translated page: the paragraphs of its original are taken as those that it translates.
    """
    source = read(ROOT)
    pages = [name.removeprefix("docs/") for name in arguments.names if name.endswith(".md")]
    names = tuple(name for name in arguments.names if not name.endswith(".md"))
    with only_build(Path(source.root), say):
        for file in accept(Path(source.root), source.pages, pages):
            say(f"took the original of {file}")
        if pages and not names:
            return
        results = results_of(source, names)
        for name, result in results.snippets.items():
            snippet = source.snippets[name]
            if changed_output(snippet, result.stdout):
                file = snippet.file.removesuffix(".py") + ".out"
                write_whole(Path(source.root) / file, result.stdout)
                say(f"took {file}")


def compare_command(arguments: argparse.Namespace) -> None:
    """Name each claim whose verdict or number differs between two recorded runs, under other versions, say."""
    text = report(kept(Path(arguments.before)), kept(Path(arguments.after)))
    write_whole(Path(arguments.report), text)
    say(text.partition("\n\n")[2].partition("\n")[0] or "no verdict and no number changed")


def bench_command(arguments: argparse.Namespace) -> None:
    """What builds cost, as ratios."""
    from exhibits.bench import PARTS, bench
    from exhibits.growth import SIZES

    bench(ROOT.resolve(), say, tuple(arguments.sizes) or SIZES, tuple(arguments.part or PARTS))


def mutate_command(arguments: argparse.Namespace) -> None:
    """Put small faults into snippets, theory and judge, and see whether anything turns red."""
    from exhibits.mutate import PARTS, mutate

    with only_build(ROOT.resolve(), say):
        mutate(ROOT, say, tuple(arguments.part or PARTS), arguments.sample, arguments.seed)


COMMANDS = {
    "run": run_command,
    "prepare": prepare_command,
    "site": site_command,
    "serve": serve_command,
    "accept": accept_command,
    "compare": compare_command,
    "bench": bench_command,
    "mutate": mutate_command,
}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="exhibits", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True, metavar=" | ".join(COMMANDS))
    for name, function in COMMANDS.items():
        command = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        if name in ("run", "accept"):
            command.add_argument("names", nargs="*", metavar="chapter/name", help="snippets; all where none is named")
        if name == "run":
            command.add_argument("--shard", type=a_share, help="one machine's share, such as 2/8")
            command.add_argument("--stored", action="store_true", help="run nothing; name each result that is missing")
            command.add_argument("--record", metavar="FILE", help="note every claim's number and verdict there")
        if name == "compare":
            command.add_argument("before", help="record of a run")
            command.add_argument("after", help="record of another")
            command.add_argument("report", help="file for the Markdown; empty where nothing changed")
        if name in ("site", "prepare"):
            command.add_argument("--workers", type=int, help="jobs at a time; as many as cores where it is not given")
        if name == "site":
            command.add_argument("--prune", action="store_true", help="drop every result that this build did not use")
        if name in ("site", "prepare"):
            summary = os.environ.get("GITHUB_STEP_SUMMARY") or None
            words = "where to append what broke, in Markdown; GITHUB_STEP_SUMMARY if it is set"
            command.add_argument("--summary", type=Path, default=summary and Path(summary), metavar="FILE", help=words)
        if name == "bench":
            words = "all if none; only all of them are written into the page"
            command.add_argument("--part", action="append", choices=("site", "others", "growth"), help=words)
            command.add_argument("--sizes", type=int, nargs="+", default=(), help="of made-up sites, two at least")
        if name == "mutate":
            command.add_argument("--part", action="append", choices=("snippets", "theory", "judge"), help="all if none")
            command.add_argument("--sample", type=int, help="faults of each part; all of them where it is not given")
            command.add_argument("--seed", type=int, default=0, help="draws the sample")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    chosen = parser().parse_args(arguments)
    interruptible()
    started = time.monotonic()
    try:
        COMMANDS[chosen.command](chosen)
    except ProblemsFound as found:
        say("\n".join(map(str, found.problems)))
        if file := getattr(chosen, "summary", None):
            write_summary(ROOT, found, file)
        print(f"{len(found.problems)} problem(s), nothing published", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        end_children()
        print("interrupted, nothing published", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        end_children()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except OSError as error:
        end_children()
        place = f" {error.filename}" if error.filename else ""
        reason = "no space is left" if error.errno == errno.ENOSPC else error.strerror or str(error)
        print(f"cannot go on:{place}: {reason}; nothing published", file=sys.stderr)
        return 1
    say(f"{chosen.command}: done in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Carries a Dockerfile out in plain folders, one to a stage, instead of in containers.

What a line does inside its stage, it does inside that stage's folder; the lines that prepare the
operating system (`RUN apt-get ...`) are told and left out. A tree that comes out of this has been
made by the Dockerfile's own lines, so those cannot be wrong without anybody noticing.
"""

import os
import shutil
from pathlib import Path
from string import Template
from typing import Final

from scripts.image.dockerfile import Instruction, Stage
from scripts.steps import run_step, say

_SYSTEM: Final = "apt-get "
# What a machine may have set for itself: no image knows of it.
_LEFT_OUT: Final = ("PYTHON", "VIRTUAL_ENV", "DJANGO_", "KC_")


class Outside(Exception):
    """A line reaches for something that the build may not see; the text names it."""


class Tree:
    """The folder of one stage, and what its lines have said so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workdir = folder
        self.variables: dict[str, str] = {}
        self.arguments: dict[str, str] = {}

    def inside(self, path: str) -> Path:
        """A path of the stage as one of this machine."""
        return self.folder / path[1:] if path.startswith("/") else self.workdir / path

    def environment(self, search: str) -> dict[str, str]:
        """The stage's variables; `search` are the folders of the system's programs."""
        environment = dict(self.variables)
        parts = environment.get("PATH", "$PATH").split(":")
        environment["PATH"] = ":".join(
            search if part == "$PATH" else str(self.inside(part)) for part in parts
        )
        return environment


class Builder:
    """Carries out stage after stage; `context` is what COPY sees, `.dockerignore` obeyed."""

    def __init__(self, context: Path, target: Path, python: str) -> None:
        """`python` plays the one of the base image."""
        self._context = context
        self._target = target
        self._allowed, self._ignored = _ignore_rules(context / ".dockerignore")
        self._trees: dict[str, Tree] = {}
        programs = target / "bin"
        programs.mkdir(parents=True)
        wrapper = programs / "python"
        wrapper.write_text(f'#!/bin/sh\nexec {python} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        self.search = f"{programs}:/usr/local/bin:/usr/bin:/bin"

    def carry_out(self, stage: Stage, base: Path | None = None) -> Tree:
        """All instructions of a stage, in order.

        `base` is a folder that plays the stage's base image, where that is more than a system with
        Python. An argument (ARG) has its default.
        """
        name = stage.name or "image"
        tree = Tree(self._target / name)
        if base is None:
            tree.folder.mkdir()
        else:
            shutil.copytree(base, tree.folder, symlinks=True)
        self._trees[name] = tree
        for number, each in enumerate(stage.instructions):
            if each.word == "WORKDIR":
                tree.workdir = tree.inside(each.text)
                tree.workdir.mkdir(parents=True, exist_ok=True)
            elif each.word == "ENV":
                tree.variables |= each.pairs()
            elif each.word == "ARG" and "=" in each.text:
                tree.arguments |= each.pairs()
            elif each.word == "COPY":
                self._copy(tree, each)
            elif each.word == "RUN":
                self._run(tree, each.text, f"{name}-{number}")
        return tree

    def _copy(self, tree: Tree, instruction: Instruction) -> None:
        stage, sources, to = instruction.copied()
        target = tree.inside(to)
        for named in sources:
            source = Template(named).safe_substitute(tree.arguments)
            if stage is None:
                self._need_visible(source)
            found = self._context / source if stage is None else self._trees[stage].inside(source)
            if found.is_dir():
                shutil.copytree(
                    found,
                    target,
                    symlinks=True,
                    dirs_exist_ok=True,
                    ignore=self._ignore if stage is None else None,
                )
            else:
                goal = target / found.name if to.endswith("/") else target
                goal.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(found, goal)

    def _need_visible(self, source: str) -> None:
        if source.partition("/")[0] not in self._allowed:
            raise Outside(f"COPY {source}: .dockerignore does not let the build see it.")

    def _ignore(self, folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(self._context)
        return {
            name for name in names if name in self._ignored or str(here / name) in self._ignored
        }

    def _run(self, tree: Tree, command: str, log: str) -> None:
        title = f"RUN {command}" if len(command) <= 70 else f"RUN {command[:67]}..."  # noqa: PLR2004 - a line
        if command.startswith(_SYSTEM):
            say(f"  {title}: the image's system; not here")
            return
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
        environment = kept | tree.arguments | tree.environment(self.search)
        file = self._target / f"{log}.log"
        run_step(
            title, ["sh", "-c", command], log=file, folder=tree.workdir, environment=environment
        )


def _ignore_rules(path: Path) -> tuple[set[str], set[str]]:
    """What is let in (`!name`, after the `*` that keeps everything out), and what is not of that.

    Only these forms are understood: `*`, `!name`, `path` and `**/name`.
    """
    lines = [
        line
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.strip()[:1] not in ("", "#")
    ]
    if lines[0] != "*":
        raise Outside(".dockerignore must start by keeping everything out: *")
    allowed = {line[1:] for line in lines[1:] if line.startswith("!")}
    return allowed, {line.removeprefix("**/") for line in lines[1:] if not line.startswith("!")}

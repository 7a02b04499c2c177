"""Reads a Dockerfile: as much of its language as ours uses, and a clear word about the rest."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_KNOWN: Final = frozenset(
    {"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE"}
    | {"FROM", "LABEL", "RUN", "USER", "WORKDIR"}
)
_NAMED: Final = re.compile(r"(?P<base>\S+)(?: +AS +(?P<name>\S+))?$", re.IGNORECASE)


class NotUnderstood(Exception):
    """A line that this reader does not know; the text names it."""


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined: `word` is RUN, COPY, ..."""

    word: str
    text: str

    def pairs(self) -> dict[str, str]:
        """The NAME=value pairs of ENV and LABEL, without their quotes."""
        return dict(word.split("=", 1) for word in shlex.split(self.text))

    def copied(self) -> tuple[str | None, list[str], str]:
        """Of COPY: the stage it takes from, None for the sources; what; where to.

        Whose the files are to be (`--chown`) is left to whoever starts something from them.
        """
        words = self.text.split()
        options = dict(word.split("=", 1) for word in words if word.startswith("--"))
        if unknown := options.keys() - {"--from", "--chown"}:
            raise NotUnderstood(f"COPY {unknown.pop()}")
        paths = words[len(options) :]
        return options.get("--from"), paths[:-1], paths[-1]


@dataclass(frozen=True)
class Stage:
    """One stage: what it starts from and its instructions; the last one has no name."""

    name: str
    base: str
    instructions: list[Instruction] = field(default_factory=list)

    def texts(self, word: str) -> list[str]:
        """What all instructions of one kind say, in order."""
        return [each.text for each in self.instructions if each.word == word]

    def pairs(self, word: str) -> dict[str, str]:
        """All pairs of ENV or LABEL; the last one of a name counts."""
        return {
            name: value
            for each in self.instructions
            if each.word == word
            for name, value in each.pairs().items()
        }

    def command(self) -> list[str]:
        """The command that a container runs; it must be written as a JSON list."""
        command = json.loads(self.texts("CMD")[-1])
        if not isinstance(command, list):
            raise NotUnderstood("CMD")
        return [str(part) for part in command]


def read_stages(path: Path) -> list[Stage]:
    """All stages, in order.

    Raises NotUnderstood at an instruction that ours have no use for.
    """
    stages: list[Stage] = []
    for each in _instructions(path.read_text(encoding="utf-8")):
        if each.word == "FROM":
            named = _NAMED.match(each.text)
            if named is None:
                raise NotUnderstood(f"FROM {each.text}")
            stages.append(Stage(named["name"] or "", named["base"]))
        elif stages:
            stages[-1].instructions.append(each)
        elif each.word != "ARG":
            raise NotUnderstood(f"{each.word} before the first FROM")
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word:
            continue
        if word.upper() not in _KNOWN:
            raise NotUnderstood(line)
        yield Instruction(word.upper(), " ".join(rest.split()))

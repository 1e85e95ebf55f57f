"""Make the typewriter models: ``python -m training.make_models LINES SOURCES OUT``.

Writes ``OUT/CODE.lstm`` (the network that Opis ships), ``OUT/folds/N/CODE.lstm`` (trained without
the series of fold N) and ``OUT/models.json``, which says of each from which installed model it was
made, on what and how long. The same recipes, lines and sources give the same bytes.
"""

import argparse
import hashlib
import json
import logging
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.ocr.traineddata import Component, read_components
from training.charset import Charset
from training.fit import Fit, character_error, fit
from training.lines import load_lines
from training.network_file import NetworkFile
from training.samples import Mixture, Shares
from training.synthetic import Face
from training.texts import TextSource

_RECIPES = Path(__file__).with_name("recipes.toml")
_GUIDES = "usr/share/doc/installation-guide-amd64"


@dataclass(frozen=True)
class TrainingSources:
    """Where training finds what it needs."""

    lines: Path  #: the folder of ``lines.tsv``
    sources: Path  #: unpacked by ``fetch.sh``
    installed: Path  #: Tesseract's model files

    def faces(self, recipes: dict[str, Any]) -> list[Face]:
        """Return the faces; FileNotFoundError names a font that is not there."""
        faces = []
        for style, fonts in recipes["faces"].items():
            for package, name in fonts:
                found = sorted(self.sources.rglob(name))
                if not found:
                    msg = f"{name} of {package} is not below {self.sources}: run training/fetch.sh"
                    raise FileNotFoundError(msg)
                faces.append(Face(found[0], style))
        return faces


@dataclass(frozen=True)
class Training:
    """One model to train: a language, and the series that it may not see."""

    code: str
    fold: int | None  #: from 1; None for the shipped model
    held_back: frozenset[str] = field(default_factory=frozenset)

    @property
    def place(self) -> str:
        """The path of the network below the output folder."""
        return f"{self.code}.lstm" if self.fold is None else f"folds/{self.fold}/{self.code}.lstm"


def main() -> None:
    """Train what is asked for, and describe it."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path, help="folder of lines.tsv")
    parser.add_argument("sources", type=Path, help="folder that fetch.sh filled")
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", action="append", help="only this language; may be repeated")
    parser.add_argument("--folds", action="store_true", help="the folds, not the shipped models")
    parser.add_argument(
        "--installed", type=Path, default=Path("/usr/share/tesseract-ocr/5/tessdata")
    )
    options = parser.parse_args()
    recipes = tomllib.loads(_RECIPES.read_text("utf-8"))
    sources = TrainingSources(options.lines, options.sources, options.installed)
    for code in options.model or recipes["models"]:
        for training in _trainings(code, recipes, folds=options.folds):
            if not (options.out / training.place).exists():
                _train(training, recipes, sources, options.out)


def _trainings(code: str, recipes: dict[str, Any], *, folds: bool) -> list[Training]:
    if not folds:
        return [Training(code, None)]
    series = recipes["models"][code]["folds"]
    return [Training(code, number, frozenset(held)) for number, held in enumerate(series, 1)]


def _train(
    training: Training, recipes: dict[str, Any], sources: TrainingSources, out: Path
) -> None:
    """Train one model, write its network, and describe it in ``models.json``."""
    recipe = recipes["models"][training.code]
    installed = (sources.installed / f"{training.code}.traineddata").read_bytes()
    components = read_components(installed)
    network, charset = components[Component.LSTM], Charset.parse(components)
    assert network is not None
    file = NetworkFile.parse(network)
    lines = list(load_lines(sources.lines, charset))
    seen = [line for line in lines if line.series not in training.held_back]
    mixture = Mixture(
        own=[line for line in seen if line.language == training.code],
        other=[line for line in seen if line.language != training.code],
        faces=sources.faces(recipes),
        texts=TextSource.load(recipe["tag"], sources.sources / _GUIDES / recipe["tag"], charset),
        charset=charset,
        shares=Shares(**recipe.get("shares", {})),
        image_height=file.image_height,
    )
    steps = recipe.get("steps", recipes["steps"]["shipped" if training.fold is None else "fold"])
    own, other = len(mixture.own), len(mixture.other)
    logging.info("%s: %d own lines, %d others", training.place, own, other)
    result = fit(file.matrices, mixture, steps, recipes["seed"])
    target = out / training.place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(file.with_matrices(result.matrices))
    judged = [
        line
        for line in lines
        if line.series in training.held_back and line.language == training.code
    ]
    errors = [
        round(character_error(matrices, judged, charset, file.image_height), 4)
        for matrices in (file.matrices, result.matrices)
    ]
    _describe(training, mixture, result, errors if judged else [], installed, out)


def _describe(
    training: Training,
    mixture: Mixture,
    result: Fit,
    errors: list[float],
    installed: bytes,
    out: Path,
) -> None:
    """Add the model to ``models.json``."""
    path = out / "models.json"
    described = json.loads(path.read_text("utf-8")) if path.exists() else {}
    described[training.place] = {
        "made_from": hashlib.sha256(installed).hexdigest(),
        "sha256": hashlib.sha256((out / training.place).read_bytes()).hexdigest(),
        "own_lines": len(mixture.own),
        "other_lines": len(mixture.other),
        "held_back": sorted(training.held_back),
        "lines_seen": result.lines,
        "cpu_seconds": round(result.cpu_seconds),
        "loss": round(result.final_loss, 4),
        "held_back_cer_before_after": errors,
    }
    path.write_text(json.dumps(dict(sorted(described.items())), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

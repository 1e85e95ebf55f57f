"""The command ``opis certify``."""

import json
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption
from pipeline.certification.certificate import certify as make_certificate
from pipeline.certification.sample import load_sample
from pipeline.repository.certificates import write_certificate
from pipeline.repository.correction_log import read_corrections


def certify(
    name: Annotated[str, typer.Argument(help="Of the sample.")],
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate the error of a collection from a sample that was typed, and publish it."""
    settings = runtime.archive_settings(output)
    sample = load_sample(name, settings)
    log = read_corrections(settings.output)
    certificate = make_certificate(sample, log, runtime.get_clock())
    file = write_certificate(certificate, settings)
    if as_json:
        console.print_json(json.loads(certificate.model_dump_json()))
        return
    console.print_line(certificate.text())
    console.print_line(f"It stands in {file}, and in the reading room after `opis site`.")

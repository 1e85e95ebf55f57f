"""Test the engine on a simple page, after a failure: is the page or the machine at fault?"""

import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from pipeline.errors import MachineError, PageError, PageTimeoutError
from pipeline.model import EngineChoice, PageState
from pipeline.system.scratch_files import scratch_prefix
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import ExtractPage, RecognizePage

_TIMEOUT_SECONDS = 20.0  #: seconds; the test takes a third of a second
_TEST_TEXT = "Opis 1949\n0110 0111\nOpis 1949"


def check_engine(engine: EngineChoice, languages: tuple[str, ...], workers: WorkerPool) -> None:
    """Let the engine read a page that any engine can read.

    Raises:
        MachineError: it cannot, so that its earlier failure is no fault of the scan.
    """
    with tempfile.TemporaryDirectory(prefix=scratch_prefix("probe")) as folder:
        page = Path(folder) / "probe.png"
        image = Image.new("L", (900, 500), 235)
        ImageDraw.Draw(image).text((60, 60), _TEST_TEXT, 15, font_size=60)
        image.save(page)
        try:
            with workers.borrow() as worker:
                worker.ask(ExtractPage(page, "image/png", 1, 300, 1_000_000), _TIMEOUT_SECONDS)
                recognize = RecognizePage(languages, _TIMEOUT_SECONDS, engine)
                reading = worker.ask(recognize, _TIMEOUT_SECONDS).reading
        except (PageError, PageTimeoutError) as error:
            raise _engine_failure(engine, str(error)) from error
    if reading is None or reading.state in {PageState.ERROR, PageState.TIMEOUT}:
        raise _engine_failure(engine, reading.detail if reading else "no answer")


def _engine_failure(engine: EngineChoice, reason: str) -> MachineError:
    return MachineError(
        f"{engine.name} reads nothing on this machine ({reason}). Ask `opis doctor`."
    )

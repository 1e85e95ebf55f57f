"""Whether the engine reads at all: asked when it failed on a page, to know whose fault that is."""

import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from pipeline.errors import MachineError, PageError, PageTimeoutError
from pipeline.model import PageState
from pipeline.settings import EngineName
from pipeline.workers.pool import Readers
from pipeline.workers.protocol import Extract, Recognize

_SECONDS = 20.0  #: it takes a third of one
_TEXT = "Opis 1949\n0110 0111\nOpis 1949"


def check_engine(engine: EngineName, languages: tuple[str, ...], readers: Readers) -> None:
    """Let the engine read a page that any engine can read.

    Raises:
        MachineError: it cannot; what it failed on before is no fault of the scan.
    """
    with tempfile.TemporaryDirectory(prefix="opis-probe-") as folder:
        page = Path(folder) / "probe.png"
        image = Image.new("L", (900, 500), 235)
        ImageDraw.Draw(image).text((60, 60), _TEXT, 15, font_size=60)
        image.save(page)
        try:
            with readers.borrow() as reader:
                reader.ask(Extract(page, "image/png", 1, 300, 1_000_000), _SECONDS)
                recognize = Recognize(languages, _SECONDS, engine)
                reading = reader.ask(recognize, _SECONDS).reading
        except (PageError, PageTimeoutError) as error:
            raise _broken(engine, str(error)) from error
    if reading is None or reading.state in {PageState.ERROR, PageState.TIMEOUT}:
        raise _broken(engine, reading.detail if reading else "no answer")


def _broken(engine: EngineName, why: str) -> MachineError:
    return MachineError(f"{engine} reads nothing on this machine ({why}). Ask `opis doctor`.")

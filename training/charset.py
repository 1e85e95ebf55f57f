"""The characters of a Tesseract network, and the codes by which it writes them."""

import struct
from dataclasses import dataclass
from typing import Self

from pipeline.ocr.traineddata import Component


@dataclass(frozen=True)
class Charset:
    """Codes of characters; a character may take several codes."""

    codes: dict[str, tuple[int, ...]]

    @classmethod
    def parse(cls, components: list[bytes | None]) -> Self:
        """Parse unicharset and recoder of a model file's components."""
        unicharset, recoder = components[Component.UNICHARSET], components[Component.RECODER]
        if unicharset is None or recoder is None:
            msg = "the model file has no unicharset or no recoder"
            raise ValueError(msg)
        rows = unicharset.decode("utf-8").split("\n")[1:]
        characters = [row.split(" ")[0] for row in rows if row]
        characters[0] = " "  # stored as NULL
        codes: dict[str, tuple[int, ...]] = {}
        (count,) = struct.unpack_from("<I", recoder)
        position = 4
        for index in range(count):
            (length,) = struct.unpack_from("<i", recoder, position + 1)
            code = struct.unpack_from(f"<{length}i", recoder, position + 5)
            position += 5 + 4 * length
            if index < len(characters):
                codes.setdefault(characters[index], code)
        return cls(codes)

    def __contains__(self, text: str) -> bool:
        """Return whether the network can write every character of the text."""
        return all(character in self.codes for character in text)

    def encode(self, text: str) -> list[int]:
        """Return the codes of a text; KeyError for a character that it has not."""
        return [code for character in text for code in self.codes[character]]

    def single_codes(self) -> dict[int, str]:
        """Return the characters that are written by one code, by that code."""
        return {code[0]: character for character, code in self.codes.items() if len(code) == 1}

"""An archive that references may name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that references may name."""

    code: str
    name_en: str
    name_ru: str
    aliases: tuple[str, ...]  #: all other spellings
    system: str  #: the key of its reference system, in a module of ``systems/``
    shared_letters: tuple[str, ...] = ()  #: codes of letters that archives of other regions share

    @property
    def spellings(self) -> tuple[str, ...]:
        """Code, names and aliases."""
        return (self.code, self.name_en, self.name_ru, *self.aliases)

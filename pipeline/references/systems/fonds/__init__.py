"""References of the Russian kind: fond, opis, delo, leaves, in Russia and its neighbours."""

from pipeline.references.systems.fonds.fond_systems import SYSTEMS

__all__ = ["SYSTEMS"]

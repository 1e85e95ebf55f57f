"""American references: record groups, lots, boxes, reels and files of the Department of State."""

from pipeline.references.systems.american.american_system import SYSTEMS

__all__ = ["SYSTEMS"]

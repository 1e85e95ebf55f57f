"""Format references as people cite them; the printed form parses to the same place."""

from enum import StrEnum

from pipeline.references.leaves import with_en_dashes
from pipeline.references.reference import ArchivalReference


class ReferenceStyle(StrEnum):
    """A citation style."""

    NORMAL = "normal"  #: of Opis: RGASPI, f. 558, op. 11, d. 330, ll. 110-113
    CHICAGO = "chicago"  #: the same with an en dash in ranges
    LEGEND = "legend"  #: a Russian legend: РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об.
    WILSON = "wilson"  #: leaves as stamped


def format_reference(
    reference: ArchivalReference, style: ReferenceStyle = ReferenceStyle.NORMAL
) -> str:
    """Return the reference in a style.

    >>> from pipeline.references.finder import parse_reference
    >>> reference = parse_reference("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v")
    >>> format_reference(reference, ReferenceStyle.LEGEND)
    'РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об.'
    """
    match style:
        case ReferenceStyle.WILSON:
            return reference.as_stamped
        case ReferenceStyle.CHICAGO:
            return reference.format_with_leaves(
                [with_en_dashes(part.unpadded_label) for part in reference.leaves]
            )
        case ReferenceStyle.LEGEND:
            return reference.system.format_legend(reference)
        case ReferenceStyle.NORMAL:
            return reference.normal

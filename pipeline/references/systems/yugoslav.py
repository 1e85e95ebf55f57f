"""References to the Archives of Yugoslavia and Serbia's diplomatic ones: a fond and a signature.

AJ, 507/IX, 119/I-52; AJ, f. 836, KPR, I-3-a, SSSR; DASMIP, PA, 1948, SSSR, f-16, dok. 5
"""

from pipeline.references.place import LevelPath
from pipeline.references.signatures import SignatureSystem
from pipeline.references.system import Level

_CAPITALS = "A-ZŠČĆŽĐА-ЯЈЉЊЂЋЏ"
_STEP = (
    rf"(?:[{_CAPITALS}]{{{{2,6}}}}(?: [{_CAPITALS}]{{{{2,6}}}})?"
    r"|[IVX]{{1,5}}(?:-[0-9]{{1,3}})*(?:-?[a-z])?(?:/[0-9A-Za-z-]+)*"
    r"|[0-9]{{1,4}}(?:/[0-9IVXa-z]+(?:-[0-9]+)?)*)(?![\w/])"
)
_REFERENCE = (
    r"{archive}[\s,:]+(?:(?:fond|f\.|ф\.|фонд) ?)?(?P<fond>[0-9]{{1,4}}(?:/[IVX]{{1,5}})?)"
    r"(?: \([^()]{{2,40}}\))?,? (?=[^;.]{{0,40}}[IVX0-9])"
    rf"(?P<signatura>{_STEP}(?:, {_STEP})*)"
)
_DIPLOMATIC = (
    r"{archive}[\s,:]+(?P<fond>PA|ПА),? (?P<year>1[89][0-9]{{2}}), "
    rf"(?:(?P<heading>[{_CAPITALS}]\w{{{{1,20}}}}), )?"
    r"f(?:asc)?[.-]? ?(?P<fascicle>[0-9]{{1,4}})(?:, (?:dok|br)\. ?(?P<number>[0-9]{{1,6}}))?"
)


class YugoslavSystem(SignatureSystem):
    """The Yugoslav system: a numbered fond has a mark."""

    def format_path(self, path: LevelPath) -> list[str]:
        """Return the printed levels; a numbered fond has its mark: f. 836."""
        first, *rest = super().format_path(path)
        return [f"f. {first}" if first[0].isdigit() else first, *rest]


SYSTEMS = (
    YugoslavSystem(
        key="yu",
        levels=(
            Level("fond", folder_prefix="f", description_level="fonds"),
            Level("year", values="1[89][0-9]{2}"),
            Level("heading"),
            Level("signatura"),
            Level("fascicle", prefix="f-", folder_prefix="fasc"),
            Level("number", prefix="dok. ", folder_prefix="dok"),
        ),
        levels_pattern="fond( signatura| year( heading)? fascicle( number)?)",
        patterns=(_REFERENCE, _DIPLOMATIC),
        unread_part=r"[\s,]+(?:[^\W\d_]{1,6}[.-] ?)?[0-9]",
    ),
)

"""References to the archive of the Chinese foreign ministry; the archive may be omitted.

PRCFMA, 105-00000-01(1), pp. 3-5
"""

from pipeline.references.signatures import SignatureSystem
from pipeline.references.system import Level

_REFERENCE = (
    r"(?:{archive}[\s,:]+(?:No\.? ?|File ?)?)?(?P<signatura>[12][0-9]{{2}}-[0-9]{{5}}-"
    r"[0-9]{{2}}(?:\([0-9]+\))?)(?:,? (?:(?:pp?|ll?)\.? ?)?(?P<leaves>{leaves}))?"
)

SYSTEMS = (
    SignatureSystem(
        key="cn",
        levels=(Level("signatura"),),
        levels_pattern="signatura",
        patterns=(_REFERENCE,),
    ),
)

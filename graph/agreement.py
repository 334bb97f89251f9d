"""Whether the whole team names one commit: developer, comparing SRE and judge, and nobody names another or clears it.

Who answers at random, or yes to everything, does not agree with itself in three different questions. Who only repeats
git's order does: so the agreement counts where it is not git's first suspect that is named (`graph.turning`).
"""

from graph.hearing import Hearing
from incidents.opinion import DEVELOPER

_COMPARING = "chain_of_thought"


def agreed(hearing: Hearing) -> str | None:
    """Return the commit that all name, of which code found the changed line that the developer states; None without one."""
    advised = hearing.advised
    accused = {each.opinion.commit for each in hearing.counted if each.opinion.caused}
    if advised is None or advised.decision != "culprit" or accused != {advised.commit}:
        return None
    about = [each for each in hearing.counted if each.opinion.commit == advised.commit]
    read = any(each.opinion.agent == DEVELOPER and each.began for each in about)
    compared = any(each.opinion.agent == _COMPARING for each in about)
    return advised.commit if read and compared and all(each.opinion.caused for each in about) else None

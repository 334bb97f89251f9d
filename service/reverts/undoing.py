"""Undo an executed revert: close its pull request and delete its branch. Each step can be repeated."""

from incidents.errors import RevertMerged
from incidents.revert_record import Revert
from service.repositories.clones import Clones
from service.reverts.apart import apart
from service.reverts.destination import Destination
from service.reverts.forges.forge import Proposed


async def undo(place: Destination, revert: Revert, clones: Clones) -> tuple[str, ...]:
    """Leave neither an open pull request nor the pushed branch behind; the result says what had to stay.

    Raises RevertMerged when it is merged already, PushFailed, ForgeError.
    """
    if revert.written is None:
        return ()
    forge = place.forge(revert.route, revert.branch, clones)
    # Looked up also without a number: an earlier call may have died before it could store the number.
    known = Proposed(revert.number, revert.url) if revert.number is not None else None
    proposed = known or await forge.find(revert.branch, revert.written, revert.target)
    if proposed is not None:
        if (await forge.look(proposed.number, revert.written)).state == "merged":
            raise RevertMerged(f"{revert.id} is merged already: revert its commit instead")
        await forge.close(proposed.number)
    if await apart(place.branches.delete, revert.branch, revert.written):
        return ()
    return (f"branch {revert.branch} stays: somebody has pushed to it",)

"""Look how far an executed revert is at its forge: checks, merged, closed; merge it where the settings say so."""

from dataclasses import dataclass

from incidents.errors import ForgeError, ForgeRefused
from incidents.revert_record import Revert
from service.repositories.clones import Clones
from service.reverts.choice import changed_basis
from service.reverts.destination import Destination, destination
from service.reverts.forges.forge import Forge, Look
from service.settings import Settings
from service.store.planned_reverts import RevertClaim
from service.store.store import Store


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks after one claimed revert that is open. `who` is the actor of the audit records."""

    store: Store
    settings: Settings
    clones: Clones
    claim: RevertClaim
    who: str

    async def run(self) -> Revert:
        """Store what has changed. Raises InputError, PushFailed, ForgeError."""
        revert = self.claim.revert
        assert revert.written is not None, "an open revert has a commit"
        place = await destination(self.settings, revert.repository)
        forge = place.forge(revert.route, revert.branch, self.clones)
        look = await forge.look(revert.number, revert.written)
        problem = ""
        if self._mergeable(place, look):
            look, problem = await self._merged(forge, place, look)
        changed = {"checks": look.checks, "state": look.state, "problem": problem}
        if all(getattr(revert, name) == value for name, value in changed.items()):
            return await self.store.planned_reverts.release(self.claim)
        return await self.store.planned_reverts.progress(self.claim, self.who, look.state, end=True, **changed)

    def _mergeable(self, place: Destination, look: Look) -> bool:
        return place.reverts.merge_when_green and look.state == "open" and look.checks == "passed"

    async def _merged(self, forge: Forge, place: Destination, look: Look) -> tuple[Look, str]:
        """Merge it, unless something has changed; a forge that refuses (conflict, missing review) is a problem to tell."""
        revert = self.claim.revert
        assert revert.written is not None, "an open revert has a commit"
        if look.sha != revert.written:
            return look, "not merged: somebody has pushed to its branch"
        if why := changed_basis(revert, await self.store.queries.incident(revert.incident)):
            return look, f"not merged: {why}"
        try:
            await forge.merge(revert.number, revert.written, place.reverts.merge_method, revert.target)
        except ForgeRefused as error:
            return look, f"not merged: {error} (merge_method: {place.reverts.merge_method})"[:500]
        except ForgeError:  # it may have acted before it failed
            pass
        return await forge.look(revert.number, revert.written), ""

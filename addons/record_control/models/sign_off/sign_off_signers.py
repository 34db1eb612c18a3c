"""Who may sign a step right now: plain class over one batch of steps of one company."""

from collections import defaultdict
from typing import NamedTuple

# A step that more people may sign has no read access check per person, and no activity each: the inbox shows it
CROWD = 20
REQUESTER_KEY = "record_control_round_requester"


class RoundRequester:
    """Token that tells a record who asked for a round that is not, or not yet, its current one.

    A caller over RPC chooses the context, but cannot forge the token: what he sends is JSON.
    """

    __slots__ = ("user_id",)

    def __init__(self, request):
        self.user_id = request.requester_id.id


class Basis(NamedTuple):
    """Why somebody may sign a step. ``kind``: direct, deputy, superior or fallback."""

    user: object
    on_behalf_of: object
    kind: str


class Signers(NamedTuple):
    """Who may sign a step (``bases``), whom to tell (``told``) and why it is not whom one would expect.

    ``contact`` is None for a step that people of ours sign. For others it is the contact (res.partner, empty
    when there is none) and ``told`` are those of ours who see to it; none of them may sign.
    """

    bases: list
    told: object
    note: str
    contact: object = None

    @property
    def users(self):
        if self.contact is not None:
            return self.told.browse()
        users = self.told
        for basis in self.bases:
            users |= basis.user
        return users


class SignerFinder:
    """Find the signers of steps: foreseen person, deputy, superior, and finally the route's fallback group.

    The number of queries depends on the number of people concerned, not on the number of steps.

    :param env: environment of the system (superuser); its user is who asks
    :param res.company company: whose employees and deputies count
    :param datetime at: naive UTC
    """

    def __init__(self, env, company, at):
        self.env = env
        self.company = company
        self.at = at
        self._users = env["res.users"].sudo()
        self._absence = {}
        self._deputies = {}
        self._ladder = {}
        self._readable = {}
        self._records = defaultdict(set)

    # --- Public ---

    def find(self, steps):
        """Find the signers of ``steps`` (of this company).

        :return: {step: Signers}
        """
        for step in steps:
            self._records[step.request_id.res_model].add(step.request_id.res_id)
        found = {
            step: self._find_contact(step)
            for step in steps
            if step.signer_type == "contact"
        }
        originals = {
            step: step._get_foreseen_users() for step in steps if step not in found
        }
        everybody = self._users.union(*originals.values())
        self._load(everybody)
        self._load(
            self._users.union(
                *(deputy for user in everybody for deputy in self._deputies[user])
            )
        )
        return {
            step: found[step] if step in found else self._find(step, originals[step])
            for step in steps
        }

    # --- One step ---

    def _find(self, step, foreseen):
        blocked = step._get_blocked_users()
        direct = foreseen.filtered(
            lambda user: self._is_usable(user, step, blocked, crowd=len(foreseen))
        )
        bases = [Basis(user, self._users, "direct") for user in direct]
        told = direct.filtered(lambda user: user not in self._absence)
        deputies = [
            basis
            for original in foreseen
            if original not in blocked
            for basis in self._get_deputy_bases(original, step, blocked | direct)
        ]
        bases += deputies
        told |= self._present(deputies)
        notes = []
        if not told or step.signer_type != "group":
            notes += self._explain(foreseen, direct, blocked, step)
        if deputies and (notes or step.signer_type != "group"):
            notes += [
                self.env._(
                    "%(deputy)s may sign as deputy of %(person)s.",
                    deputy=basis.user.name,
                    person=basis.on_behalf_of.name,
                )
                for basis in deputies
            ]
        if not told:
            higher = self._get_superior_bases(foreseen, step, blocked | direct)
            bases += higher
            told |= self._present(higher)
            notes += [
                self.env._(
                    "%(superior)s signs as superior of %(person)s.",
                    superior=basis.user.name,
                    person=basis.on_behalf_of.name,
                )
                for basis in higher
            ]
        if not told:
            last = self._get_fallback_bases(foreseen, step, blocked | direct)
            bases += last
            told |= self._present(last)
            notes.append(self._explain_fallback(step, last))
        return Signers(bases, told, " ".join(notes))

    # --- Contacts ---

    def _find_contact(self, step):
        """The first contact foreseen who can sign, and who of ours sees to it."""
        reasons = {
            contact: self._explain_contact(contact, step)
            for contact in step._get_foreseen_contacts()
        }
        usable = [contact for contact, reason in reasons.items() if not reason]
        told = self._get_contact_keepers(step)
        if not usable:
            notes = list(reasons.values()) or [step._explain_nobody()]
            notes.append(self.env._("Name another contact."))
            return Signers([], told, " ".join(notes), self.env["res.partner"].sudo())
        note = ""
        if not usable[0].email_normalized:
            note = self.env._(
                "%(contact)s has no e-mail address and receives no link.",
                contact=usable[0].name,
            )
        return Signers([], told, note, usable[0])

    def _explain_contact(self, contact, step):
        """Why a contact cannot sign; empty when it can."""
        names = {"contact": contact.display_name}
        if not contact.active:
            return self.env._("%(contact)s is archived.", **names)
        if contact == step.named_partner_id and not contact.filtered_domain(
            step._get_contact_choice()
        ):
            # whoever was named by hand may have gone to another company since
            return self.env._(
                "%(contact)s is no contact of the customer or supplier concerned.",
                **names,
            )
        users = contact.user_ids.filtered("active")
        ours = step.request_id.company_id.partner_id
        if contact.commercial_partner_id == ours or not all(users.mapped("share")):
            return self.env._("%(contact)s is one of our own people.", **names)
        signed = step.request_id.signature_ids.partner_id
        if step.request_id.four_eyes and contact in signed:
            return self.env._("%(contact)s has signed another step.", **names)
        return ""

    def _get_contact_keepers(self, step):
        """Who of ours sees to the signature of a contact: present, and able to read the record."""
        request = step.request_id
        for users in (
            self._users.browse(
                request._get_record()._get_sign_off_contact_keepers().ids
            ),
            self._users.browse(request.requester_id.ids),
            self._users.browse(request.fallback_group_id.all_user_ids.ids),
        ):
            self._load(users)
            usable = [
                user
                for user in users - self._users.union(*self._absence)
                if self._is_usable(user, step, self._users, crowd=len(users))
            ]
            if usable:
                return self._users.union(*usable)
        return self._users

    def _get_deputy_bases(self, original, step, excluded):
        return [
            Basis(deputy, original, "deputy")
            for deputy in self._deputies[original]
            if self._is_usable(deputy, step, excluded)
        ]

    def _get_superior_bases(self, foreseen, step, excluded):
        """The first present superior of each foreseen person, however high one has to climb."""
        bases, found = [], self._users
        for original in foreseen:
            level, seen = original, original
            while level:
                self._load(level)
                above = (
                    self._users.union(
                        *(person for user in level for person in self._ladder[user])
                    )
                    - seen
                )
                self._load(above)
                present = above.filtered(
                    lambda user: user not in self._absence
                    and self._is_usable(user, step, excluded)
                )[:1]
                if present:
                    if present not in found:
                        bases.append(Basis(present, original, "superior"))
                        found |= present
                    break
                seen |= above
                level = above
        return bases

    def _get_fallback_bases(self, foreseen, step, excluded):
        members = step.request_id.fallback_group_id.all_user_ids
        self._load(members)
        return [
            Basis(user, foreseen[:1] if len(foreseen) == 1 else self._users, "fallback")
            for user in members
            if self._is_usable(user, step, excluded, crowd=len(members))
        ]

    def _present(self, bases):
        users = self._users.union(*(basis.user for basis in bases))
        return users.filtered(lambda user: user not in self._absence)

    # --- Words ---

    def _explain(self, foreseen, direct, blocked, step):
        """Say for each foreseen person why they do not sign, or that they are away."""
        if not foreseen:
            return [step._explain_nobody()]
        return [
            sentence
            for user in foreseen
            if (sentence := self._explain_person(user, user in direct, blocked, step))
        ]

    def _explain_person(self, user, is_direct, blocked, step):
        if user in self._absence:
            return self._absence[user]
        if is_direct:
            return ""
        if user in blocked and user == step.request_id.requester_id:
            return self.env._("%(person)s asked for this sign-off.", person=user.name)
        if user in blocked and user in step.request_id.author_ids:
            return self.env._("%(person)s drew it up.", person=user.name)
        if user in blocked:
            return self.env._(
                "%(person)s signs another step of this round.", person=user.name
            )
        return self.env._("%(person)s has no access to the record.", person=user.name)

    def _explain_fallback(self, step, bases):
        group = step.request_id.fallback_group_id
        if not bases:
            return self.env._("Nobody can sign; change the route or appoint a deputy.")
        return self.env._(
            "The group “%(group)s” signs instead.", group=group.display_name
        )

    # --- Facts about people, loaded in batches ---

    def _load(self, users):
        users = users.filtered(lambda user: user not in self._deputies)
        if not users:
            return
        self._absence.update(users._get_absence_reasons(self.at, self.company))
        deputies = users._get_sign_off_deputies(self.at, self.company)
        for user, candidates in users._get_stand_in_candidates(
            self.at, self.company
        ).items():
            standing_in = deputies.get(user, self._users)
            self._ladder[user] = [
                person.sudo() for person, __ in candidates if person not in standing_in
            ]
        for user in users:
            self._deputies[user] = deputies.get(user, self._users)
            self._ladder.setdefault(user, [])

    def _is_usable(self, user, step, excluded, crowd=1):
        return (
            user not in excluded
            and user.active
            and not user.share
            and self.company in user.company_ids
            and (crowd > CROWD or self._may_read(user, step.request_id))
        )

    def _may_read(self, user, request):
        """Whether the user may read the record: nobody signs what they cannot see."""
        key = (user, request.res_model)
        if key not in self._readable:
            records = self.env[request.res_model].browse(
                self._records[request.res_model]
            )
            records = records.with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )
            self._readable[key] = set(records._filtered_access("read").ids)
        return request.res_id in self._readable[key]

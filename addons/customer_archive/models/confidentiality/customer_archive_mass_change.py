from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MASS_CHANGE_KEY = "customer_archive.mass_change"
# Where the paper stands is the keeper's daily work; steps and stamps have gates of their own
FREE_FIELDS = {
    "id",
    "state",
    "cabinet",
    "shelf",
    "position",
    "carrier",
    "activity_ids",
    "message_ids",
    "message_follower_ids",
}


class CustomerArchive(models.Model):
    """Mass changes are signed by the general manager before they are made (CA-99).

    What a user changes within one request counts together: an edit of many rows, an import and a call with many
    archives are one mass change.
    """

    _inherit = "customer.archive"

    def write(self, vals):
        names = vals.keys() - FREE_FIELDS - self._get_protected_fields()
        if names and not self.env.su:
            changed = self.filtered(lambda archive: archive._is_changed_by(vals, names))
            for company, archives in changed.grouped("company_id").items():
                archives._check_mass_change(company, names)
        return super().write(vals)

    def _is_changed_by(self, vals, names):
        """Tell whether these values change the archive; completing a draft is opening it (CA-02), no change."""
        # sudo: to compare is not to read, and leaves no line in the access log
        archive_sudo = self.sudo()
        changed = [name for name in names if archive_sudo._is_changed(name, vals[name])]
        if archive_sudo.state == "draft":
            changed = [name for name in changed if archive_sudo[name]]
        return bool(changed)

    def _check_mass_change(self, company, names):
        """Refuse to change many archives without a signed request.

        :param res.company company: the company of these archives
        :param names: names of the fields that are written
        :raises UserError: when the request is missing
        """
        change = self._get_mass_change(company)
        change["archive_ids"] |= set(self.ids)
        # sudo: how many is a rule of the company, not a setting of the user
        limit = company.sudo().ca_mass_change_limit
        if len(change["archive_ids"]) < limit:
            return
        if not self._is_mass_change_covered(change):
            self._find_mass_change_release(company, change)
        if not self._is_mass_change_covered(change):
            raise UserError(self._explain_mass_change(company, change, limit))
        self._note_mass_change(change, names)

    @api.model
    def _explain_mass_change(self, company, change, limit):
        sentences = [
            self.env._(
                "You are changing %(count)s archives. From %(limit)s archives on, a mass change is signed by the "
                "general manager first: ask for a release of the kind Mass change and make the change when it is "
                "approved.",
                count=len(change["archive_ids"]),
                limit=limit,
            )
        ]
        sentences += [
            self.env._(
                "%(release)s was approved without a director: have the director added to the route of signatures, "
                "then ask again.",
                release=release_sudo.name,
            )
            for release_sudo in self._get_mass_change_releases_sudo(company)
            if not release_sudo._is_signed_by_general_manager()
        ]
        return "\n".join(sentences)

    def _get_mass_change(self, company):
        """Return what the user has changed of a company's archives in this transaction.

        A request has one cursor; its cache outlasts whatever is flushed meanwhile, and no caller reaches it.
        """
        return self.env.cr.cache.setdefault(MASS_CHANGE_KEY, {}).setdefault(
            (self.env.uid, company.id),
            {"archive_ids": set(), "named_ids": set(), "release": None},
        )

    @api.model
    def _is_mass_change_covered(self, change):
        """Tell whether the request covers the archives; naming none, it is about all of the company."""
        return change["release"] and (
            not change["named_ids"] or change["archive_ids"] <= change["named_ids"]
        )

    @api.model
    def _get_mass_change_releases_sudo(self, company):
        """Return the user's approved requests for mass changes that have not run out."""
        # sudo: the request decides, whoever else may read it
        return (
            self.env["customer.archive.release"]
            .sudo()
            .search(
                Domain("kind", "=", "mass_edit")
                & Domain("company_id", "=", company.id)
                & Domain("user_id", "=", self.env.uid)
                & Domain("state", "in", ("approved", "received"))
                & Domain("date_until", ">=", company._record_control_today())
            )
        )

    @api.model
    def _find_mass_change_release(self, company, change):
        """Put the approved request by which the user may make this change into ``change``, if there is one."""
        for release_sudo in self._get_mass_change_releases_sudo(company):
            change.update(
                release=release_sudo, named_ids=set(release_sudo.archive_ids.ids)
            )
            if (
                self._is_mass_change_covered(change)
                and release_sudo._is_signed_by_general_manager()
                and not release_sudo._get_seal_reasons()
            ):
                return
        change.update(release=None)

    def _note_mass_change(self, change, names):
        """Note for the request what is changed by it; written once, before the transaction is committed."""
        callbacks = self.env.cr.precommit
        if MASS_CHANGE_KEY not in callbacks.data:
            callbacks.data[MASS_CHANGE_KEY] = {}
            callbacks.add(self._write_mass_change_notes)
        __, noted = callbacks.data[MASS_CHANGE_KEY].setdefault(
            change["release"].id, (change, set())
        )
        noted.update(names)

    @api.model
    def _write_mass_change_notes(self):
        notes = self.env.cr.precommit.data.pop(MASS_CHANGE_KEY, {})
        for change, names in notes.values():
            labels = [
                self._fields[name]._description_string(self.env)
                for name in sorted(names)
            ]
            change["release"].with_user(self.env.user).sudo().message_post(
                body=self.env._(
                    "%(count)s archives changed: %(fields)s.",
                    count=len(change["archive_ids"]),
                    fields=", ".join(labels),
                )
            )

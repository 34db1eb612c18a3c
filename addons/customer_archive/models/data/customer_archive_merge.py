from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from odoo.addons.record_control.models.access.restricted_record import highest_level

PERSONS = "customer.archive.person"


class CustomerArchive(models.Model):
    """Archives of merged customers become one; none of them is deleted (CA-100)."""

    _inherit = "customer.archive"

    merged_into_id = fields.Many2one(
        comodel_name="customer.archive",
        string="Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # A merged archive stays beside the one it was merged into, a destroyed one beside that of a customer who comes back
    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE merged_into_id IS NULL AND state != 'destroyed'",
        "This customer already has an archive in this company.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"merged_into_id"}

    def _merge_into(self, destination):
        """Move what the archives hold to another archive and retire them.

        A line that the destination already has (a unique index says so) stays where
        it is: it can still be read there, nothing is lost.

        :param customer.archive destination: the archive that stays
        """
        for model, name in self._get_archive_references():
            if model == PERSONS:
                # they follow their contacts, see _merge_persons_into
                continue
            records = self.env[model].sudo().with_context(active_test=False)
            self._move_records(
                records.search([(name, "in", self.ids)]), name, destination
            )
        destination.sudo()._keep_protection_of(self)
        # sudo: retiring is the system's act, no user may set it
        self.sudo().write({"merged_into_id": destination.id, "active": False})
        self._end_waiting(destination)
        for archive in self:
            archive.message_post(
                body=self.env._("Merged into %(archive)s.", archive=destination.name)
            )
            self._add_archive_event(
                destination.partner_id,
                "other",
                self.env._(
                    "Archive %(archive)s merged into this one", archive=archive.name
                ),
                company_id=destination.company_id.id,
            )

    def _merge_persons_into(self, destination):
        """Move the key persons to another archive, once they are contacts of its customer.

        :param customer.archive destination: the archive that these were merged into
        """
        persons_sudo = self.env[PERSONS].sudo().with_context(active_test=False)
        persons_sudo = persons_sudo.search([("archive_id", "in", self.ids)])
        self._move_records(persons_sudo, "archive_id", destination)

    def _check_kept_from_others(self, destination):
        """Leave the archive to those in charge of it: what it holds is shown with the archive that gets it (CA-11).

        :param customer.archive destination: the archive that would get it
        :raises UserError: unless they are in charge of that one, too, or the user may see this one
        """
        self.ensure_one()
        own_sudo, others_sudo = (
            archive.sudo().user_id | archive.sudo().second_user_id
            for archive in (self, destination)
        )
        if own_sudo and others_sudo - own_sudo and not self._is_seen_by(self.env.user):
            raise UserError(
                self.env._(
                    "%(customers)s are customers of somebody else: the person in charge, a supervisor or an archive "
                    "keeper enters where they belong.",
                    customers=self.sudo().partner_id.name,
                )
            )

    def _end_waiting(self, destination):
        """Nobody signs, or is reminded of, an archive that was merged into another one."""
        # sudo: rounds and clocks are the system's
        self.sudo().sign_off_request_id.filtered(
            lambda request: request.state == "open"
        )._withdraw()
        self._get_clocks(Domain("stopped_at", "=", False))._cancel(
            self.env._("Merged into %(archive)s.", archive=destination.name)
        )

    def _keep_protection_of(self, merged):
        """Keep what comes from merged archives as secret as it was, and on hold where one of them is (CA-12, CA-15).

        :param customer.archive merged: the archives merged into this one
        """
        if not merged:
            return
        levels = (self | merged).sudo().mapped("confidentiality")
        vals = {"confidentiality": highest_level(levels)}
        held_sudo = merged.sudo().filtered("is_on_hold")
        if held_sudo and not self.is_on_hold:
            reasons = filter(None, held_sudo.mapped("hold_reason"))
            vals |= {"is_on_hold": True, "hold_reason": ", ".join(reasons)}
        self.write(vals)

    @api.model
    def _get_archive_references(self):
        """Return ``[(model, field)]`` of every stored many2one to the archive."""
        return [
            (model._name, field.name)
            for model in self.env.values()
            if not model._abstract and not model._transient and model._auto
            for field in model._fields.values()
            if field.type == "many2one"
            and field.comodel_name == "customer.archive"
            and field.store
            and not field.related
            and field.name != "merged_into_id"
        ]

    @api.model
    def _move_records(self, records, name, destination):
        """Point records at another archive; where an index refuses, one by one."""
        if not records:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                records.write({name: destination.id})
                records.flush_recordset()
        except IntegrityError:
            records.invalidate_recordset()
            for record in records if len(records) > 1 else ():
                self._move_records(record, name, destination)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _search_ca_archives_sudo(self, domain):
        """An archive that was merged into another one stands for no customer any more."""
        return super()._search_ca_archives_sudo(
            domain & Domain("merged_into_id", "=", False)
        )


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge the archives before the contacts: core would delete the second one."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        destination = dst_partner or self._get_ordered_partner(partners.ids)[-1]
        # sudo: archives that the user may not see are merged too, or they would be lost
        archives_sudo = (
            self.env["customer.archive"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [("partner_id", "in", partners.ids), ("merged_into_id", "=", False)]
            )
        )
        if not archives_sudo:
            return super()._merge(
                partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
            )
        if not self._may_merge_archives():
            raise AccessError(
                self.env._(
                    "%(customers)s have archives. Only an archive keeper or manager may "
                    "merge them.",
                    customers=", ".join(
                        archives_sudo.partner_id.mapped("display_name")
                    ),
                )
            )
        self._check_companies_worked_in(archives_sudo)
        by_company = archives_sudo.grouped("company_id")
        self._check_trade_not_mixed(by_company.values(), destination)
        retired = {}
        for archives in by_company.values():
            # destroyed archives stay evidence of their own
            archives = archives.filtered(lambda a: a.state != "destroyed")
            kept = archives.filtered(lambda a: a.partner_id == destination)[:1]
            kept = kept or archives.sorted("id")[:1]
            retired[kept] = archives - kept
            retired[kept]._merge_into(kept)
        # sudo: every report of the customers counts
        self.env["customer.new.report"].sudo()._set_merged_aside(partners, destination)
        self.env.flush_all()
        wizard = self._get_merging_wizard(partners)
        result = super(MergePartnerAutomatic, wizard)._merge(
            partner_ids,
            dst_partner=dst_partner and dst_partner.with_env(wizard.env),
            extra_checks=extra_checks,
        )
        for kept, merged in retired.items():
            merged._merge_persons_into(kept)
        return result

    def _get_merging_wizard(self, partners):
        """Return this wizard as whom core is to merge these contacts.

        Core merges different people for administrators only. The keeper stands in for them where he may change the
        contacts and no user account, of whatever company, archived or not, gets another e-mail.

        :param res.partner partners: what is merged
        :raises AccessError: of contacts that the user may not change
        """
        partners.check_access("write")
        # sudo: accounts of other companies count as well
        partners_sudo = partners.sudo().with_context(active_test=False)
        return self if partners_sudo.user_ids else self.sudo()

    def _check_companies_worked_in(self, archives):
        """Contacts are shared, archives are not: whoever merges works in the companies that have them (CA-01, CA-100).

        :param customer.archive archives: the archives of the contacts
        :raises AccessError: naming the companies
        """
        foreign = archives.company_id - self.env.user.company_ids
        if foreign and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(companies)s have archives of these customers: only an archive keeper or manager who works there "
                    "may merge them.",
                    companies=", ".join(foreign.sudo().mapped("name")),
                )
            )

    def _check_trade_not_mixed(self, groups, destination):
        """A customer who trades is not merged with one whose trade has ended (CA-16, CA-100).

        :param groups: the archives of the contacts, one recordset for each company
        :param res.partner destination: the contact that stays
        :raises UserError: naming every archive whose trade has ended
        """
        mixed = [
            ended
            for archives in groups
            if (
                ended := archives & archives.partner_id._search_ca_ended_archives_sudo()
            )
            and (
                archives.partner_id - ended.partner_id
                or destination not in ended.partner_id
                or self._would_hide_end(archives, ended)
            )
        ]
        if mixed:
            names = [archive.name for archives in mixed for archive in archives]
            raise UserError(
                self.env._(
                    "The trade has ended for %(archives)s: a customer who trades is not merged with one who does not. "
                    "Resume the trade, restore or deregister first.",
                    archives=", ".join(names),
                )
            )

    @api.model
    def _would_hide_end(self, archives, ended):
        """Return whether a stopped or deregistered archive would become one with that of a customer who comes back.

        Once that one is on file nothing would tell of the stop any more.
        """
        kept = archives.filtered(lambda archive: archive.state != "destroyed")
        return bool(kept & ended and kept - ended)

    def _may_merge_archives(self):
        return self.env.su or any(
            self.env.user.has_group(f"customer_archive.group_customer_archive_{role}")
            for role in ("keeper", "manager")
        )

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

CONFIDENTIALITY_LEVELS = [
    ("internal", "Internal"),
    ("secret", "Secret"),
    ("confidential", "Confidential"),
    ("top_secret", "Top Secret"),
]
LEVEL_ORDER = {level: rank for rank, (level, __) in enumerate(CONFIDENTIALITY_LEVELS)}


def levels_from(level):
    """Return the levels that are as secret as ``level`` or more.

    :param str level: a key of :data:`CONFIDENTIALITY_LEVELS`
    :return: list of keys
    """
    return [key for key, rank in LEVEL_ORDER.items() if rank >= LEVEL_ORDER[level]]


def highest_level(levels):
    """Return the most secret of some levels; those that are empty do not count.

    :param levels: keys of :data:`CONFIDENTIALITY_LEVELS`, or False
    :return: a key, False when there is none
    """
    return max(filter(None, levels), key=LEVEL_ORDER.get, default=False)


class RestrictedRecordMixin(models.AbstractModel):
    """Records that are secret: level x need-to-know x time-limited grant.

    Adopting takes the need-to-know and, if wanted, the thresholds::

        class Archive(models.Model):
            _name = "customer.archive"
            _inherit = ["mail.thread", "restricted.record.mixin"]
            _restricted_open_fields = ("id", "display_name", "state")

            def _get_need_to_know_bases(self):
                return {
                    "owner": Domain("user_id", "=", self.env.uid),
                    "director": Domain(self.env.user.has_group("x.group_director")),
                }

    How it holds. The domain of those who may see is not an ``ir.rule`` record,
    which an administrator can switch off and an adopter can forget, but is
    added by :meth:`ir.rule._compute_domain <odoo.addons.record_control.models.
    access.ir_rule.IrRule._compute_domain>` to every read, search, grouping,
    sub-query, x2many and export that is not run by the system. Models that
    point at documents (messages, activities, followers, attachments) get the
    same treatment there. What core reads as superuser on behalf of a user (the
    name behind a many2one, a report, a file) is guarded here and in the
    neighbouring files by the *user* of the environment, never by ``env.su``.

    An adopter still has to give the access line: those who may be granted
    something need the right to read the model (usually ``base.group_user``:
    the domain hides every record they were not given).
    """

    _name = "restricted.record.mixin"
    _description = "Restricted Record"
    _inherit = ["restricted.content.mixin"]

    #: lowest level at which need-to-know applies; below it every internal user
    #: with the right to read the model sees the record
    _restricted_from_level = "internal"
    #: right -> lowest level at which even those with need-to-know need an
    #: approved release (a grant that covers the right)
    _restricted_rights_required = {"print": "confidential", "export": "confidential"}
    confidentiality = fields.Selection(
        selection=CONFIDENTIALITY_LEVELS,
        required=True,
        default="internal",
        index=True,
        help="How secret the record is. From the levels set by the company on, "
        "reading is logged, and printing and exporting need an approved release.",
    )
    access_grant_ids = fields.Many2many(
        comodel_name="access.grant",
        string="Access Grants",
        compute="_compute_access_grant_ids",
        help="Grants that cover this record, as far as you may see them.",
    )
    access_grant_count = fields.Integer(
        string="Grants",
        compute="_compute_access_grant_ids",
    )

    # --- Hooks ---

    @api.model
    def _get_need_to_know_domain(self):
        """Say who may see which records without a grant.

        Hook. Nobody by default. Extend it, or :meth:`_get_need_to_know_bases`
        when the log should tell owner, team, keeper and director apart.

        :return: Domain for the user of the environment
        """
        return Domain.FALSE

    @api.model
    def _get_need_to_know_bases(self):
        """Split the need-to-know by its reason, for the log.

        Hook.

        :return: dict basis (a key of ``access.log.basis``) -> Domain, in the
            order in which they are tried
        """
        return {"role": self._get_need_to_know_domain()}

    @api.model
    def _get_outsider_domain(self):
        """Say which records a portal user may see. Hook; none by default.

        :return: Domain
        """
        return Domain.FALSE

    def _get_access_keepers(self):
        """Return who keeps these records: told of bulk reading, may declassify.

        Hook; administrators of record control by default.

        :return: res.users
        """
        return (
            self.env.ref("record_control.group_record_control_manager")
            .sudo()
            .all_user_ids
        )

    def _get_grant_approvers(self):
        """Return who may approve a grant on these records.

        Hook; the keepers by default. The requester and the grantee are never
        asked, even when they are among them.

        :return: res.users
        """
        return self._get_access_keepers()

    def _get_level_reasons(self, level):
        """Say why the level of this record may not become ``level``. Hook.

        Raising is free to all who may write; lowering is the keepers', because
        whoever lowers the level opens print, export and log.

        :param str level: a key of :data:`CONFIDENTIALITY_LEVELS`
        :return: list of sentences
        """
        self.ensure_one()
        if LEVEL_ORDER[level] >= LEVEL_ORDER[self.sudo().confidentiality or "internal"]:
            return []
        if self.env.uid == SUPERUSER_ID or self.env.user in self._get_access_keepers():
            return []
        return [
            self.env._(
                "%(record)s: only its keeper may lower the confidentiality.",
                record=self.display_name,
            )
        ]

    # --- Domains: the one place that says who may what ---

    @api.model
    def _get_restricted_domain(self, operation):
        """Return the records on which the user may do ``operation``.

        Added by ``ir.rule`` to whatever rules there are. A grant lets read,
        never write, create or delete.

        :param str operation: read, write, create or unlink
        :return: Domain
        """
        if not self.env.user._is_internal():
            return self._get_outsider_domain() if operation == "read" else Domain.FALSE
        domain = self._get_own_domain()
        if operation == "read" and not domain.is_true():
            domain |= self._get_granted_domain("read")
        return domain

    @api.model
    def _get_own_domain(self):
        """Return the records that the user may see without a grant.

        :return: Domain
        """
        open_levels = self._get_open_levels()
        domains = [
            self._get_need_to_know_domain(),
            *self._get_need_to_know_bases().values(),
        ]
        if open_levels:
            domains.append(Domain("confidentiality", "in", open_levels))
        return Domain.OR(domains)

    @api.model
    def _get_open_levels(self):
        restricted = levels_from(self._restricted_from_level)
        return [level for level in LEVEL_ORDER if level not in restricted]

    @api.model
    def _get_granted_domain(self, right):
        """Return the records for which a grant with this right is valid now.

        :param str right: read, print, export, download or borrow
        :return: Domain
        """
        lines = self.env["access.grant.line"].sudo()
        query = lines._search(lines._get_valid_domain(self._name, self.env.user, right))
        if query.is_empty():
            return Domain.FALSE
        granted = query.subselect(lines._field_to_sql(query.table, "res_id", query))

        def to_sql(model, alias, _query):
            # An array can be looked up in an index beside the other conditions; IN inside an OR reads the whole table.
            return SQL("%s = ANY(ARRAY(%s))", SQL.identifier(alias, "id"), granted)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_right_domain(self, right):
        """Return, among the readable records, those the user may print, export, download.

        Hook: an app with a release procedure of its own widens it with ``|``.

        :param str right: print, export or download
        :return: Domain
        """
        domain = (
            self._get_own_domain()
            if self.env.user._is_internal()
            else self._get_outsider_domain()
        )
        threshold = self._restricted_rights_required.get(right)
        if threshold:
            domain &= Domain("confidentiality", "not in", levels_from(threshold))
        return domain | self._get_granted_domain(right)

    # --- Rights ---

    def _filter_own(self):
        if self.env.uid == SUPERUSER_ID:
            return self
        user_self = self.sudo(False)
        own = (
            user_self._get_own_domain()
            if self.env.user._is_internal()
            else Domain.FALSE
        )
        return self._filter_domain_as_user(own)

    def _filter_open_to_links(self):
        open_levels = self._get_open_levels()
        return self.filtered(
            lambda record: record.sudo().confidentiality in open_levels
        )

    def _get_right_reasons(self, right):
        """Say why the user may not print, export or download this record.

        :param str right: print, export or download
        :return: list of sentences, empty when allowed
        """
        self.ensure_one()
        if self._filter_right_granted(right):
            return []
        name = self.display_name
        labels = {
            "read": self.env._("read"),
            "print": self.env._("print"),
            "export": self.env._("export"),
            "download": self.env._("download files of"),
        }
        if not self.sudo(False).has_access("read"):
            text = self.env._(
                "%(record)s: you have no access; request it first.", record=name
            )
        elif not self._filter_own():
            text = self.env._(
                "%(record)s: your grant lets you read but not %(right)s it.",
                record=name,
                right=labels[right],
            )
        else:
            text = self.env._(
                "%(record)s is %(level)s: you need an approved release to %(right)s it.",
                record=name,
                level=dict(
                    self._fields["confidentiality"]._description_selection(self.env)
                )[self.sudo().confidentiality],
                right=labels[right],
            )
        return [text]

    def _get_print_reasons(self):
        """Say why the user may not print this record.

        :return: list of sentences, empty when allowed
        """
        return self._get_right_reasons("print")

    def _get_access_bases(self):
        """Say on which ground the user sees each record.

        :return: dict id -> (key of ``access.log.basis``, access.grant id or False)
        """
        bases = {}
        rest = self.sudo(False)
        for basis, domain in rest._get_need_to_know_bases().items():
            found = rest._filter_domain_as_user(domain)
            bases.update(dict.fromkeys(found._ids, (basis, False)))
            rest -= found
        if rest:
            known = rest._filter_domain_as_user(rest._get_need_to_know_domain())
            bases.update(dict.fromkeys(known._ids, ("role", False)))
            rest -= known
        if rest:
            levels = rest._get_open_levels()
            known = rest.filtered(
                lambda record: record.sudo().confidentiality in levels
            )
            bases.update(dict.fromkeys(known._ids, ("level", False)))
            rest -= known
        if rest:
            lines = self.env["access.grant.line"].sudo()
            domain = lines._get_valid_domain(self._name, self.env.user, "read")
            for line in lines.search(
                domain & Domain("res_id", "in", rest.ids), order="id desc"
            ):
                bases[line.res_id] = ("grant", line.grant_id.id)
        return bases

    def _filter_levels(self, levels):
        """Return those of these records that have one of the levels. Hook: or are part of something that has.

        :param list levels: keys of :data:`CONFIDENTIALITY_LEVELS`
        """
        records_sudo = self.sudo()
        records_sudo.fetch(["confidentiality"])  # and not the rest of a long list
        found_sudo = records_sudo.filtered(
            lambda record: record.confidentiality in levels
        )
        return found_sudo.sudo(self.env.su)

    # --- Log ---

    def _log_record_access(self, action, basis=None, detail=None):
        """Write an access log line per record whose level is logged.

        :param str action: a key of ``access.log.action``
        :param str basis: why the user may; found out when left away
        :param str detail: text
        """
        self.env["access.log"]._record(self, action, basis=basis, detail=detail)

    # --- Computes ---

    @api.depends_context("uid")
    def _compute_access_grant_ids(self):
        lines = self.env["access.grant.line"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        grants = {}
        for line in lines:
            grants.setdefault(line.res_id, set()).add(line.grant_id.id)
        for record in self:
            record.access_grant_ids = list(grants.get(record._origin.id, ()))
            record.access_grant_count = len(record.access_grant_ids)

    # --- CRUD ---

    def write(self, vals):
        level = vals.get("confidentiality")
        changed = self.browse()
        if level:
            changed = self.filtered(
                lambda record: record.sudo().confidentiality != level
            )
            if reasons := [
                text for record in changed for text in record._get_level_reasons(level)
            ]:
                raise AccessError("\n".join(reasons))
            old = {record.id: record.sudo().confidentiality for record in changed}
        result = super().write(vals)
        self._forget_who_sees()
        for record in changed:
            detail = f"{old[record.id]} > {level}"
            self.env["access.log"]._record(record, "level", detail=detail, force=True)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_logged(self):
        self._log_record_access("delete")

    # --- Actions ---

    def action_request_access(self):
        """Ask for access to, or a release of, these records.

        :return: action that opens the request
        """
        return self.env["access.grant"]._get_request_action(self)

    def action_view_access_grants(self):
        """Show the grants that cover these records.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "record_control.access_grant_action"
        )
        action["domain"] = [
            (
                "line_ids",
                "any",
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            )
        ]
        action["context"] = {"create": False}
        return action

    def action_view_access_log(self):
        """Show who looked at these records.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "record_control.access_log_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        action["context"] = {}
        return action


def parent_condition(parents, field_name):
    """Return the condition that a record's parent is one that the user of ``parents`` may see.

    Asked parent by parent or for all of them at once, whichever PostgreSQL finds
    cheaper; ``IN`` inside an ``OR`` would list every parent for a single line.

    :param parents: empty recordset of the parent's model, in the user's environment
    :param str field_name: stored many2one to the parent
    :return: Domain
    """

    def to_sql(model, alias, query):
        subquery = parents._search([])
        if subquery.is_empty():
            return SQL("FALSE")
        subquery.add_where(
            SQL(
                "%s = %s",
                SQL.identifier(subquery.table, "id"),
                model._field_to_sql(alias, field_name, query),
            )
        )
        return SQL("EXISTS (%s)", subquery.select(SQL("1")))

    return Domain.custom(to_sql=to_sql)


class RestrictedLineMixin(models.AbstractModel):
    """Lines and satellites of a restricted record: as secret as their parent.

    ::

        class ArchiveContact(models.Model):
            _name = "customer.archive.contact"
            _inherit = ["restricted.line.mixin"]
            _restricted_parent_field = "archive_id"
    """

    _name = "restricted.line.mixin"
    _description = "Line of a Restricted Record"
    _inherit = ["restricted.content.mixin"]

    @api.model
    def _get_restricted_domain(self, operation):
        """Return the lines whose parent the user may read, or write.

        :param str operation: read, write, create or unlink
        :return: Domain
        """
        name = self._restricted_parent_field
        parents = self.env[self._fields[name].comodel_name].with_context(
            active_test=False
        )
        if not parents.has_access("read" if operation == "read" else "write"):
            return Domain.FALSE
        domain = parent_condition(parents, name)
        if operation != "read":
            domain &= Domain(name, "any!", parents._get_restricted_domain("write"))
        return domain

    def _get_restricted_parents(self):
        """Return the restricted records behind these lines."""
        return self.sudo()[self._restricted_parent_field].sudo(self.env.su)

    def _filter_own(self):
        own = self._get_restricted_parents()._filter_own()
        return self.filtered(lambda line: line._get_restricted_parents() <= own)

    def _get_right_reasons(self, right):
        return [
            r
            for parent in self._get_restricted_parents()
            for r in parent._get_right_reasons(right)
        ]

    @api.model
    def _get_right_domain(self, right):
        name = self._restricted_parent_field
        parents = self.env[self._fields[name].comodel_name]
        return Domain(name, "any!", parents._get_right_domain(right))

    def _log_record_access(self, action, basis=None, detail=None):
        detail = ", ".join(filter(None, [self._name, detail]))
        self._get_restricted_parents()._log_record_access(
            action, basis=basis, detail=detail
        )

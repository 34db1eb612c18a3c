from odoo import api, fields, models
from odoo.fields import Domain

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


def model_depends(model, method_name, attribute):
    """Collect what a compute method of a model depends on, over its overrides.

    :param model: recordset
    :param str method_name: name of the compute method
    :param str attribute: ``_depends`` or ``_depends_context``
    :return: list of dependencies
    """
    found = []
    for cls in type(model).mro():
        value = getattr(cls.__dict__.get(method_name), attribute, None) or ()
        if len(value) == 1 and callable(value[0]):
            value = value[0](model)
        found.extend(value)
    return list(dict.fromkeys(found))


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

    _restricted_record = True
    #: lowest level at which need-to-know applies; below it every internal user
    #: with the right to read the model sees the record
    _restricted_from_level = "internal"
    #: right -> lowest level at which even those with need-to-know need an
    #: approved release (a grant that covers the right)
    _restricted_rights_required = {"print": "confidential", "export": "confidential"}
    #: fields that are no content: reading them alone writes no log line
    _restricted_open_fields = ("id", "display_name")

    display_name = fields.Char(
        compute="_compute_guarded_display_name",
        search="_search_display_name",
    )
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

    def _get_masked_display_name(self):
        """Return the name shown to those who may not see the record. Hook.

        :return: text without anything secret
        """
        return self.env._("Restricted record")

    def _get_access_keepers(self):
        """Return who keeps these records: told of bulk reading, may declassify.

        Hook; administrators of record control by default.

        :return: res.users
        """
        return self.env.ref("record_control.group_record_control_manager").sudo().all_user_ids

    def _get_grant_approvers(self):
        """Return who may approve a grant on these records.

        Hook; the keepers by default. The requester and the grantee are never
        asked, even when they are among them.

        :return: res.users
        """
        return self._get_access_keepers()

    # --- Rights ---

    @api.model
    def _get_restricted_domain(self, operation):
        """Return the records that the user may ``operation``.

        :param str operation: read, write, create or unlink
        :return: Domain
        """
        raise NotImplementedError

    def _check_access_right_granted(self, right):
        """Refuse what the user may see but not print, export or download.

        :param str right: print, export or download
        :raises AccessError: with the reasons of all records
        """

    def _get_right_reasons(self, right):
        """Say why the user may not print, export or download this record.

        :param str right: print, export or download
        :return: list of sentences, empty when allowed
        """
        return []

    def _get_print_reasons(self):
        """Say why the user may not print this record.

        :return: list of sentences, empty when allowed
        """
        return self._get_right_reasons("print")

    def _log_record_access(self, action, basis=None, detail=None):
        """Write an access log line per record whose level is logged.

        :param str action: a key of ``access.log.action``
        :param str basis: why the user may; found out when left away
        :param str detail: text
        """
        self.env["access.log"]._record(self, action, basis=basis, detail=detail)

    # --- Computes ---

    def _compute_access_grant_ids(self):
        self.access_grant_ids = False
        self.access_grant_count = 0

    def _compute_guarded_display_name(self):
        self._compute_display_name()

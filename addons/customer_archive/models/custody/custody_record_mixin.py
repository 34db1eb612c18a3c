from odoo import models
from odoo.exceptions import UserError


class CustomerArchiveCustodyMixin(models.AbstractModel):
    """What the records of custody (refresh, inspection, filing, handover, destruction) have in common."""

    _name = "customer.archive.custody.mixin"
    _description = "Record of archive custody"
    _inherit = ["guarded.state.mixin", "mail.thread", "mail.activity.mixin"]

    def write(self, vals):
        """Write other values before the state: the gates judge the record as it will be."""
        if "state" in vals and len(vals) > 1:
            self.write({name: value for name, value in vals.items() if name != "state"})
            vals = {"state": vals["state"]}
        return super().write(vals)

    def _refuse(self, sentence):
        """Refuse something for the records in ``self``; nothing happens when there are none.

        :param str sentence: translated sentence without the records
        :raises UserError: naming every record
        """
        if self:
            names = ", ".join(self.mapped("display_name"))
            raise UserError(self.env._("%(sentence)s: %(records)s.", sentence=sentence, records=names))

    def _create_activities(self, vals_by_record, activity_type="mail.mail_activity_data_todo"):
        """Create one activity per record in one batch, without a mail for each.

        :param dict vals_by_record: record -> values (``user_id``, ``summary``, ``date_deadline``, ``note``); records
            whose ``user_id`` is empty are left out
        :param str activity_type: XML id
        :return: the activities
        """
        activity_type = self.env.ref(activity_type)
        get_model_id = self.env["ir.model"]._get_id
        vals_list = [
            {
                "activity_type_id": activity_type.id,
                "res_model_id": get_model_id(record._name),
                "res_id": record.id,
                **vals,
            }
            for record, vals in vals_by_record.items()
            if vals.get("user_id")
        ]
        # Who is told need not be the person who causes the activity.
        activities_sudo = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        return activities_sudo.create(vals_list)

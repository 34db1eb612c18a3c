from odoo import models


class CustomerArchiveActivityMixin(models.AbstractModel):
    """Ask many people to do something, in one batch."""

    _name = "customer.archive.activity.mixin"
    _description = "Activities in batches"

    def _create_activities(
        self, vals_by_record, activity_type="mail.mail_activity_data_todo"
    ):
        """Create one activity per record in a fixed number of queries, without a mail for each.

        :param dict vals_by_record: record of this model -> values (``user_id``, ``summary``, ``date_deadline``,
            ``note``); records whose ``user_id`` is empty are left out
        :param str activity_type: XML id
        :return: the activities
        """
        records = self.browse(
            record.id for record, vals in vals_by_record.items() if vals.get("user_id")
        )
        activity_type_id = self.env.ref(activity_type).id
        model_id = self.env["ir.model"]._get_id(self._name)
        # Who is told need not be the person who causes the activity.
        activities_sudo = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
        )
        activities_sudo = activities_sudo.create(
            [
                {
                    "activity_type_id": activity_type_id,
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "automated": True,
                    **vals_by_record[record],
                }
                for record in records
            ]
        )
        # An activity copies the name of its record as superuser, one by one whenever it is flushed: have all names in
        # that cache and let it copy them now, before another change empties the cache again.
        records.sudo().mapped("display_name")
        activities_sudo.mapped("res_name")
        return activities_sudo

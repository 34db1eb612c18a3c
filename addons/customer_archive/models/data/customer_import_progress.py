from odoo import fields, models
from odoo.tools import SQL


class CustomerImportProgress(models.Model):
    """How far a running check or import is.

    Apart from the batch, and without a foreign key to it: the job reports from a
    transaction of its own while its main transaction is still open, and two
    transactions that write one row would stop each other.
    """

    _name = "customer.import.progress"
    _description = "Progress of a customer import"
    _rec_name = "batch_ref"

    batch_ref = fields.Integer(required=True, readonly=True)
    done = fields.Integer(readonly=True)
    total = fields.Integer(readonly=True)

    _batch_unique = models.UniqueIndex("(batch_ref)")

    def _report(self, batch_ref, done, total):
        """Publish the progress of a batch at once, whatever becomes of its job.

        :param int batch_ref: id of the ``customer.import.batch``
        :param int done: rows handled so far
        :param int total: rows to handle
        """
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """INSERT INTO customer_import_progress (batch_ref, done, total)
                       VALUES (%(batch)s, %(done)s, %(total)s)
                       ON CONFLICT (batch_ref)
                       DO UPDATE SET done = EXCLUDED.done, total = EXCLUDED.total""",
                    batch=batch_ref,
                    done=done,
                    total=total,
                )
            )

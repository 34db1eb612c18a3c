"""Lists of restricted records that the system reads whole and each user reads as far as the user may.

Odoo keeps the ids of a list once for a transaction, not once for each user. When somebody who may see
two of three lines has read the list, ``record.sudo().line_ids`` finds these two in memory and a gate that
is to judge by all lines judges by two. Here the memory always holds all of them; who reads as a user is
given those that the rules show::

    line_ids = RestrictedOne2many(comodel_name="x.disposal.line", inverse_name="disposal_id")

Use them for every list of restricted records in a model that is not as secret as they are.
"""

from odoo import fields


class WholeInMemory:
    """Reads as the system; filters by the rules when a user gets the value."""

    def read(self, records):
        # sudo: what is kept in memory serves all users of the transaction, the system included
        super().read(records.sudo())

    def convert_to_record(self, value, record):
        lines = super().convert_to_record(value, record.sudo())
        return self._get_visible(lines.with_env(record.env))

    def convert_to_record_multi(self, values, records):
        lines = super().convert_to_record_multi(values, records.sudo())
        return self._get_visible(lines.with_env(records.env))

    @staticmethod
    def _get_visible(lines):
        """Return the lines that the user of their environment may read, and those not saved yet."""
        if lines.env.su or not lines:
            return lines
        # a field, so that the rules are asked once for the lists of all records on the screen;
        # in a form that is being edited a line stands for the saved one
        hidden = lines._origin.filtered(lambda line: not line.is_shown)
        if not hidden:
            return lines
        # what is not shown is not fetched along with the others either
        return lines.filtered(lambda line: line._origin not in hidden).with_prefetch()


class RestrictedOne2many(WholeInMemory, fields.One2many):
    """One2many to restricted records."""


class RestrictedMany2many(WholeInMemory, fields.Many2many):
    """Many2many to restricted records."""

    def write_real(self, records_commands_list, create=False):
        super().write_real(records_commands_list, create)
        # what is in memory now is what the writer sees; it is read whole again when it is needed
        for records, __ in records_commands_list:
            self._invalidate_cache(records.env, records.ids)

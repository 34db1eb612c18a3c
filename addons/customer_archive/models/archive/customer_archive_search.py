import unicodedata

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# PostgreSQL guesses how many archives a fragment finds from so many examples. With its own 100, one example that
# happens to match stands for a hundredth of all archives, and a rare fragment is looked for by walking all of them in
# the order of the list instead of by the index.
STATISTICS_TARGET = 300


def plain_text(text):
    """Write a text as it is searched: without case, accents and differences of width.

    >>> plain_text("Ｈeizölß")
    'heizolss'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in letters if not unicodedata.combining(char))


def _trigram(registry):
    return "USING gin (search_key gin_trgm_ops)" if registry.has_trigram else ""


class CustomerArchive(models.Model):
    """Find an archive by its numbers and by whatever finds its customer, in one index."""

    _inherit = "customer.archive"

    search_key = fields.Char(
        string="Numbers and Names",
        compute="_compute_search_key",
        store=True,
        help="Numbers of the archive, names and identity numbers of the customer, in plain letters: what a search "
        "looks through.",
    )

    # Of its own, because what is written plainly is compared as it stands: PostgreSQL takes many times longer to
    # compare without case.
    _search_key_trigram = models.Index(_trigram)

    def init(self):
        super().init()
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s ALTER COLUMN search_key SET STATISTICS %s",
                SQL.identifier(self._table),
                STATISTICS_TARGET,
            )
        )

    @api.depends(
        lambda self: (
            "name",
            "index_no",
            *(f"partner_id.{name}" for name in self._get_searched_fields()),
        )
    )
    def _compute_search_key(self):
        # No fragment that is looked for contains a line break: it never spans two values.
        names = self._get_searched_fields()
        for archive in self:
            # Who enters a customer need not see all that finds it.
            partner_sudo = archive.partner_id.sudo()
            values = (
                archive.name,
                archive.index_no,
                *(partner_sudo[name] for name in names),
            )
            archive.search_key = plain_text("\n".join(filter(None, values)))

    @api.model
    def _get_searched_fields(self):
        """Return the fields of the customer that find the archive. Hook.

        :rtype: list of str
        """
        return [*self.env["res.partner"]._rec_names_search, "ca_pinyin"]

    @api.model
    def _search_display_name(self, operator, value):
        if operator != "ilike" or not isinstance(value, str):
            return super()._search_display_name(operator, value)
        fragment = plain_text(value.replace("\n", " "))
        domain = Domain("search_key", "like", fragment)
        letters = "".join(fragment.split())
        # Pinyin is written without spaces.
        if letters != fragment and letters.isascii() and letters.isalnum():
            domain |= Domain("search_key", "like", letters)
        return domain

from ..document.common import DocumentCommon


class CustodyCommon(DocumentCommon):
    """Archives on file with a keeper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper2 = cls._new_user(
            "ca_keeper2", "customer_archive.group_customer_archive_keeper"
        )

    @classmethod
    def _new_filed_archive(cls, name, user=None, state="active", **values):
        """Create an archive that is on file and kept by the keeper."""
        archive = cls._new_archive(name, user=user, **values)
        archive.sudo().keeper_id = cls.keeper
        cls._put_on_file(archive, state)
        return archive

    @classmethod
    def _set_trade(cls, archives, first, last):
        """Set first and last trade as the nightly job does."""
        archives.sudo().write({"date_first_order": first, "date_last_order": last})

from odoo.tests import tagged, warmup

from odoo.addons.record_control.tests.common_views import view_specification

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestArchiveQueries(ArchiveCommon):
    """What people do all day takes a known number of queries, however many records there are.

    The first run of each test fills the caches of the registry (views, rules, rights) and is not counted.
    """

    def _new_archives(self, number):
        archives = self.env["customer.archive"].union(
            *(self._new_archive(f"Customer {index}") for index in range(number))
        )
        self._settle()
        return archives

    def _settle(self):
        self.env.flush_all()
        self.env.invalidate_all()

    @warmup
    def test_list_of_80(self):
        archives = self._new_archives(80).with_user(self.keeper)
        model = archives.browse()
        specification = view_specification(model, "list")
        model.web_search_read([], specification, limit=80)
        self._settle()
        # 2 access: rights and the log of restricted reads; 1 the archives; 10 the names of what the columns point at
        # (customer, category, users, teams, currency, company); 6 activities, with the archives that they may be shown
        # for; 1 contact persons; 2 amounts of orders and invoices; 1 documents
        with self.assertQueryCount(23):
            result = model.web_search_read(
                [("id", "in", archives.ids)], specification, limit=80
            )
        self.assertEqual(len(result["records"]), 80)

    @warmup
    def test_open_form(self):
        archive = self._new_archives(1).with_user(self.keeper)
        specification = view_specification(archive.browse(), "form")
        archive.web_read(specification)
        self._settle()
        # 12 the lists of the tabs; 10 their names and those of the form; 8 checklist: its lines, types, files and one probe
        # for evidence in the system; 3 clocks; 2 loans; 3 access log, which notes that the archive was opened; 11 figures
        # of trade, each one a sum of orders or invoices; 2 rights
        with self.assertQueryCount(51):
            archive.web_read(specification)

    @warmup
    def test_review(self):
        first, second = self._new_archives(2)
        self._submit(first | second)
        first.with_user(self.supervisor)._sign_off()
        self._settle()
        # 9 read archive, request, step and signatures; 11 who may sign, deputies and absences; 9 gates: checklist and its
        # types; 13 write signature, step, request, archive, checklist, timeline and two messages; 7 close the activity;
        # 5 rights; 2 who drew it up, before and after the round is locked; and one for each model that is signed: whether the round is the current one of a record of it
        signed = [
            name
            for name, model in self.env.registry.items()
            if "sign_off_state" in model._fields and not model._abstract
        ]
        with self.assertQueryCount(56 + len(signed)):
            second.with_user(self.supervisor)._sign_off()
            self.env.flush_all()
        self.assertEqual(second.state, "active")

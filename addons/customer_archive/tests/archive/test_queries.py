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
        # 1 the archives; 2 their levels and the log of restricted reads; 3 company with its time zone and currency;
        # 2 amounts of orders and invoices; 1 documents; 3 names of customers and users. Columns that are hidden are
        # not read.
        with self.assertQueryCount(12):
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
        # 1 the archive; 2 lists of the first page; 1 access log, which notes that the archive was opened; 3 company with
        # its time zone; 1 documents; 2 loans; 3 clocks; 4 contact person and what was sold; 11 names. The other pages
        # are read when they are opened.
        with self.assertQueryCount(28):
            archive.web_read(specification)

    @warmup
    def test_open_page(self):
        archive = self._new_archives(1).with_user(self.keeper)
        form = view_specification(archive.browse(), "form")
        for page, queries in (("documents", 15), ("business", 14), ("events", 3)):
            opened = view_specification(archive.browse(), "form", pages=[page])
            specification = {name: opened[name] for name in opened.keys() - form.keys()}
            archive.web_read(specification)
            self._settle()
            # documents: lines, types, files, one probe for evidence in the system, and what the completeness counts;
            # business: five lists of lines, and each figure of trade is a sum of orders; timeline: its lines and their
            # names
            with self.subTest(page=page), self.assertQueryCount(queries):
                archive.web_read(specification)

    @warmup
    def test_review(self):
        first, second = self._new_archives(2)
        self._submit(first | second)
        first.with_user(self.supervisor)._sign_off()
        self._settle()
        # 9 read archive, request, step and signatures; 11 who may sign, deputies and absences; 9 gates: checklist and its
        # types; 13 write signature, step, request, archive, checklist, timeline and two messages; 7 close the activity;
        # 5 rights; 2 who drew it up, before and after the round is locked; 1 who was in charge before, to forget them with
        # the seal; and one for each model that is signed: whether the round is the current one of a record of it
        signed = [
            name
            for name, model in self.env.registry.items()
            if "sign_off_state" in model._fields and not model._abstract
        ]
        with self.assertQueryCount(57 + len(signed)):
            second.with_user(self.supervisor)._sign_off()
            self.env.flush_all()
        self.assertEqual(second.state, "active")

from odoo.addons.record_control.tests.common_views import view_specification

#: how many records each screen and each job is looked at with: the budget is the same for both
FEW, MANY = 2, 12


class QueryBudget:
    """Screens and jobs that ask the database equally often, however many records there are."""

    def assertScreens(self, records, user, **budgets):
        """Read the screens of a model as the web client does, with few and with many records.

        :param records: :data:`MANY` records alike
        :param user: who looks
        :param budgets: number of queries by type of view
        """
        self.assertEqual(len(records), MANY)
        for view_type, number in budgets.items():
            for size in (FEW, MANY):
                with self.subTest(model=records._name, view=view_type, size=size):
                    self._assert_screen(records[:size], user, view_type, number)

    def _assert_screen(self, records, user, view_type, number):
        model = (
            self.env[records._name].with_user(user).browse().with_context(bin_size=True)
        )
        specification = view_specification(model, view_type)

        def read():
            if view_type == "form":
                return model.browse(records[-1:].ids).web_read(specification)
            domain = [("id", "in", records.ids)]
            return model.web_search_read(
                domain, specification, limit=80, count_limit=10_001
            )

        self.assertQueries(number, read)

    def assertQueries(self, number, function):
        """Count the queries of a call when all rights and translations are known.

        :param int number: how many it may take
        :param function: without parameters
        """
        # what was put off until the end of the transaction would be counted, and empties caches
        self.env.cr.flush()
        function()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(number):
            function()
            self.env.flush_all()

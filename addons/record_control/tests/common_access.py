"""The table of rights of an app: what each role may do with each model, and that companies are kept apart."""

from odoo.tests import new_test_user

OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}


class AccessMatrixMixin:
    """Compare the lines of access of the database with a table written down by hand.

    For classes that inherit a case of the app: set the class attributes and fill ``users`` in ``setUpClass``. The
    table says what a role may do with a kind of record at all. Which records is the business of the rules, and what is
    history (submitted, signed, received) is kept by the gates of the models, whoever asks.
    """

    #: addons whose models the table names, all of them
    access_modules = ()
    #: names of the columns of the table
    access_roles = ()
    #: lines of model and rights (``c``, ``r``, ``u``, ``d``; ``-`` for none)
    access_matrix = ""
    #: fields on models of others that people outside the house may read
    access_open_fields = frozenset()
    #: role -> user
    users = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = {
            "portal user": new_test_user(
                cls.env, login="matrix_portal", groups="base.group_portal"
            ),
            "visitor": cls.env.ref("base.public_user"),
        }
        cls.matrix = {
            row[0]: dict(zip(cls.access_roles, row[1:], strict=True))
            for row in map(str.split, cls.access_matrix.strip().splitlines())
        }

    def _get_own_models(self):
        return [
            model
            for model in self.env.values()
            if model._original_module in self.access_modules and not model._abstract
        ]

    def _get_rights(self, model, user):
        model = model.with_user(user)
        return (
            "".join(
                letter
                for letter, operation in OPERATIONS.items()
                if model.has_access(operation)
            )
            or "-"
        )

    def test_access_table_names_every_model(self):
        self.assertEqual(
            sorted(model._name for model in self._get_own_models()),
            sorted(self.matrix),
        )

    def test_access_rights_are_those_of_the_table(self):
        for name, expected in self.matrix.items():
            for role, user in self.users.items():
                with self.subTest(model=name, role=role):
                    self.assertEqual(
                        self._get_rights(self.env[name], user), expected[role]
                    )

    def test_access_outsiders_have_no_right(self):
        for name in self.matrix:
            for who, user in self.outsiders.items():
                with self.subTest(model=name, who=who):
                    self.assertEqual(self._get_rights(self.env[name], user), "-")

    def test_access_outsiders_read_no_field(self):
        """What we note about a customer, an order or a meeting is not told to the customer who may read it."""
        for who, user in self.outsiders.items():
            for model in self.env.values():
                # how the house works is set up on its companies and is no secret;
                # restricted records say themselves what an outsider sees of them
                if (
                    model._abstract
                    or model._transient
                    or model._name == "res.company"
                    or getattr(model, "_restricted_record", False)
                ):
                    continue
                model = model.with_user(user)
                if not model.has_access("read"):
                    continue
                read = {
                    name
                    for name, field in model._fields.items()
                    if not set(field._modules).isdisjoint(self.access_modules)
                    and model._has_field_access(field, "read")
                    # every record has a name; ours is at most masked
                    and name != "display_name"
                }
                with self.subTest(model=model._name, who=who):
                    self.assertLessEqual(read, self.access_open_fields)

    def test_access_every_access_line_names_a_group(self):
        lines = self.env["ir.model.access"].search(
            [("model_id.model", "in", list(self.matrix)), ("group_id", "=", False)]
        )
        self.assertFalse(lines.mapped("name"))

    def test_access_companies_are_kept_apart(self):
        """Every list with a company has a rule about companies for everybody, or is as restricted as its archive."""
        rules = self.env["ir.rule"].search(
            [("groups", "=", False), ("domain_force", "like", "company_ids")]
        )
        ruled = set(rules.model_id.mapped("model"))
        for model in self._get_own_models():
            field = model._fields.get("company_id")
            if not field or not field.store or model._transient:
                continue
            if hasattr(model, "_restricted_parent_field"):
                continue
            with self.subTest(model=model._name):
                self.assertIn(model._name, ruled)

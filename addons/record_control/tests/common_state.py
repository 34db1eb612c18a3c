from odoo.exceptions import UserError


class GuardedStateAssertions:
    """Assertions for tests of models that adopt ``guarded.state.mixin`` or protected fields.

    Mix into a ``TransactionCase``::

        from odoo.addons.record_control.tests.common_state import GuardedStateAssertions

        class TestCaseState(GuardedStateAssertions, TransactionCase):
            def test_map(self):
                self.assertTransitionMapClosed(self.env["x.case"])
    """

    def assertTransitionMapClosed(self, model):
        """The map names every state of the selection and no other, and every field it needs exists."""
        states = set(model._get_guarded_state_labels())
        transitions = model._guarded_transitions
        targets = {target for targets in transitions.values() for target in targets}
        self.assertEqual(
            set(transitions),
            states,
            f"{model._name}: every state has a line in the map",
        )
        self.assertLessEqual(targets, states, f"{model._name}: targets are states")
        self.assertFalse(
            [
                state
                for state, targets in transitions.items()
                if isinstance(targets, str)
            ],
            f"{model._name}: targets are tuples (the comma is missing)",
        )
        self.assertTrue(
            model._guarded_initial_states, f"{model._name}: a record can be created"
        )
        self.assertLessEqual(set(model._guarded_initial_states), states)
        reached = set(model._guarded_initial_states)
        while more := {t for s in reached for t in transitions[s]} - reached:
            reached |= more
        self.assertEqual(reached, states, f"{model._name}: every state can be reached")
        self.assertLessEqual(model._get_protected_fields(), set(model._fields))

    def assertTransitionRefused(self, records, target, *parts):
        """Button, plain write and import refuse ``target`` for these records, saying every part.

        :param records: records as the user who tries
        :param str target: a key of the state selection
        :param parts: texts that the error must contain
        """
        name = records._guarded_state_field
        before = records.mapped(name)
        roads = (
            lambda: records._transition(target),
            lambda: records.write({name: target}),
            lambda: records.sudo().write({name: target}),
        )
        for road in roads:
            with self.assertRaises(UserError) as error:
                road()
            for part in parts:
                self.assertIn(part, str(error.exception))
        result = records.load(
            [".id", name], [[str(record.id), target] for record in records]
        )
        self.assertFalse(result["ids"], "import must refuse")
        self.assertEqual(records.mapped(name), before)

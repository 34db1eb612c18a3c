"""Who plays a role in a company; plain functions for all chapters."""

from odoo import SUPERUSER_ID


def get_group_users(company, role):
    """Return the members of a role whom jobs and clocks tell.

    Those of the role itself come before those who only imply it: the manager is told of what is the
    administrator's when there is no administrator.

    :param company: res.company
    :param str role: the end of the name of a group, for example ``administrator``
    :rtype: res.users
    """
    # sudo: who is told does not depend on who looks
    group_sudo = company.env.ref(f"sample_control.group_sample_{role}").sudo()

    def of_company(users):
        return users.filtered(lambda user: user.active and company in user.company_ids)

    return of_company(group_sudo.user_ids) or of_company(group_sudo.all_user_ids)


def get_acting_name(user):
    """Return who acted, for a cell of a form: what the system did by itself nobody has signed.

    :param user: res.users, at most one
    :return: name, "" for nobody
    :rtype: str
    """
    if user.id == SUPERUSER_ID:
        return user.env._("by the system")
    return user.name or ""

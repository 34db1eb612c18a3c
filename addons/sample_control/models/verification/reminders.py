"""Activities of the nightly jobs: one for each record, type and user, however often a job runs."""


def remind(records, type_xmlid, users, deadlines):
    """Leave one open activity of a type for each record and user; renew the day of those that are there.

    The number of queries does not grow with the records.

    :param records: records with activities
    :param str type_xmlid: external id of the activity type
    :param users: function that returns the res.users of one record
    :param deadlines: function that returns the day of one record
    :return: the activities that were created
    """
    env = records.env
    activity_type = env.ref(type_xmlid)
    # no mail for each of them: the jobs run at night, the list of activities is read in the morning
    activities = env["mail.activity"].with_context(mail_activity_quick_update=True)
    open_ones = activities.search(
        [
            ("res_model", "=", records._name),
            ("res_id", "in", records.ids),
            ("activity_type_id", "=", activity_type.id),
        ]
    )
    names = dict(zip(records.ids, records.mapped("display_name"), strict=True))
    known = {(activity.res_id, activity.user_id.id): activity for activity in open_ones}
    vals_list, renewed = [], {}
    model_id = env["ir.model"]._get_id(records._name)
    for record in records:
        day = deadlines(record)
        for user in users(record):
            activity = known.get((record.id, user.id))
            if not activity:
                vals_list.append(
                    {
                        "res_model_id": model_id,
                        "res_id": record.id,
                        "res_name": names[record.id],
                        "activity_type_id": activity_type.id,
                        "user_id": user.id,
                        "date_deadline": day,
                        "automated": True,
                    }
                )
            elif activity.date_deadline != day:
                renewed[day] = renewed.get(day, activities) | activity
    for day, moved in renewed.items():
        moved.write({"date_deadline": day})
    return activities.create(vals_list)

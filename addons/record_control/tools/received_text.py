"""Texts as they come in from outside, by whoever and whatever sent them. Plain Python, no environment."""


def clean(value):
    """Return a text that the database can take; what is no text at all is empty.

    JSON brings lists and numbers where a text is expected, addresses bring NUL, and both bring halves of characters.

    >>> clean("YJ-1"), clean("YJ" + chr(0) + "-1"), clean("YJ" + chr(0xD800)), clean(["YJ"]), clean(None)
    ('YJ-1', 'YJ-1', 'YJ', '', '')
    """
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode(errors="ignore").decode()

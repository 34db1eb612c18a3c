"""Chinese names as pinyin, so that they are found by their sound or by their initials.

The library ``pypinyin`` is optional: without it names are found by their characters only.
"""

import re

# Runs of Chinese characters, or runs of letters and digits; everything else separates them
RUNS = re.compile(r"([\u3400-\u9fff\uf900-\ufaff]+)|([0-9a-z]+)")


def has_pinyin_library():
    """Return whether names can be turned into pinyin on this server.

    :rtype: bool
    """
    try:
        import pypinyin  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def pinyin_text(name):
    """Return the full pinyin of a name without tones and its initials, separated by a space.

    :param str name: a name, may be empty or False
    :return: empty for names without Chinese characters, and when the library is missing
    :rtype: str

    >>> pinyin_text("宁波汽车零部件有限公司")
    'ningboqichelingbujianyouxiangongsi nbqclbjyxgs'
    >>> pinyin_text("重庆ABC（中国）机械")
    'chongqingabczhongguojixie cqabczgjx'
    >>> pinyin_text("Azure Interior")
    ''
    """
    runs = RUNS.findall((name or "").casefold())
    if not any(chinese for chinese, _other in runs) or not has_pinyin_library():
        return ""
    from pypinyin import (
        lazy_pinyin,  # noqa: PLC0415  optional, and its dictionaries take 0.3 s to read
    )

    full, initials = [], []
    for chinese, other in runs:
        syllables = lazy_pinyin(chinese) if chinese else [other]
        full.extend(syllables)
        initials.extend(syllable[:1] if chinese else syllable for syllable in syllables)
    return f"{''.join(full)} {''.join(initials)}"

"""Agreement of inspectors beyond chance: Cohen's kappa for two, Fleiss' kappa for many.

J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960);
J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971).
"""

from collections import Counter


def cohen(pairs):
    """Return Cohen's kappa of two raters.

    :param pairs: one pair of verdicts for each subject
    :return: a float up to 1.0; None without subjects, or when both always say the same one thing
    """
    pairs = list(pairs)
    total = len(pairs)
    if not total:
        return None
    observed = sum(first == second for first, second in pairs) / total
    firsts = Counter(first for first, __ in pairs)
    seconds = Counter(second for __, second in pairs)
    expected = sum(firsts[key] * seconds[key] for key in firsts) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def fleiss(subjects):
    """Return Fleiss' kappa of many raters.

    :param subjects: for each subject a dict category -> number of raters; the same number of raters each
    :return: a float up to 1.0; None without subjects or raters, or when all always say the same one thing
    :raises ValueError: when subjects were judged by different numbers of raters
    """
    subjects = list(subjects)
    counts = {sum(subject.values()) for subject in subjects}
    if len(counts) > 1:
        raise ValueError("Every subject is judged by the same number of raters")
    raters = counts.pop() if counts else 0
    if raters < 2:
        return None
    agreement = sum(
        (sum(number**2 for number in subject.values()) - raters)
        / (raters * (raters - 1))
        for subject in subjects
    ) / len(subjects)
    totals = Counter()
    for subject in subjects:
        totals.update(subject)
    expected = sum(
        (number / (raters * len(subjects))) ** 2 for number in totals.values()
    )
    return None if expected == 1 else (agreement - expected) / (1 - expected)


def miss_rate(pairs, bad):
    """Return the share of bad subjects that were not recognized.

    :param pairs: pairs (truth, verdict)
    :param bad: the verdict of a bad subject
    :return: a float from 0 to 1, None without bad subjects
    """
    verdicts = [verdict for truth, verdict in pairs if truth == bad]
    if not verdicts:
        return None
    return sum(verdict != bad for verdict in verdicts) / len(verdicts)

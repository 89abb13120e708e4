"""`goodput test-rules`: files of tests of rules, played as they would be decided live."""

from collections.abc import Sequence
from pathlib import Path

from alerts.rule_tests.coverage import Coverage
from domain.errors import ConfigError
from flows.rule_test_file import RuleTests, read_rule_tests, shipped_rule_tests
from flows.rule_tests import run_rule_tests


def run_files(paths: Sequence[Path]) -> int:
    """Run the tests in *paths*, or those of the shipped rules; 1 if one fails.

    Raises:
        ConfigError: What is wrong in all of the files, one a line.
    """
    read = _read(paths or shipped_rule_tests())
    failed = sum(_run(tests) for tests in read)
    for gap in _gaps(read, is_shipped=not paths):
        print(gap)
    passed = sum(len(tests.stories) for tests in read) - failed
    print(f"{failed} failed, {passed} passed" if failed else f"{passed} passed")
    return int(failed > 0)


def _run(tests: RuleTests) -> int:
    """Run the tests of one file, print what failed, and return how many did."""
    failed = 0
    for result in run_rule_tests(tests):
        failed += bool(result.failures)
        for line in (*result.failures, *result.timelines):
            print(line)
    n = len(tests.stories)
    print(f"{'FAILED' if failed else 'ok':6}  {tests.path}: {n - failed} of {n} passed")
    return failed


def _read(paths: Sequence[Path]) -> list[RuleTests]:
    read, mistakes = [], []
    for path in paths:
        try:
            read.append(read_rule_tests(path))
        except ConfigError as error:
            mistakes.append(str(error))
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return read


def _gaps(read: Sequence[RuleTests], *, is_shipped: bool) -> list[str]:
    """Return a line on the rules that no test shows: of the shipped ones, or of an operator's own."""
    rules = dict.fromkeys(name for tests in read for name in (tests.rules if is_shipped else tests.own))
    gaps = Coverage.of(story for tests in read for _, story in tests.stories).gaps(rules)
    return [f"not {what}: {', '.join(names)}" for what, names in gaps.items()]

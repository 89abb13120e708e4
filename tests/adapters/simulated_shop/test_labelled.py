"""The labelled set of the shop: known labels, texts that bear them out, the same for the same seed."""

import pytest

from adapters.labelled_file import read_labelled
from adapters.simulated_shop import labelled_answers, write_labelled
from adapters.simulated_shop.texts import read_texts


def test_the_set_has_so_many_of_each_and_reads_as_a_labelled_set(tmp_path):
    found = read_labelled(write_labelled(tmp_path / "new" / "labelled.jsonl"))

    assert [True] * 100 + [False] * 200 == [one.bad for one in found]
    assert 300 == len({one.id for one in found})
    assert all(one.context and one.answer for one in found)


def test_bad_answers_are_inventions_and_good_ones_are_not():
    inventions = [one.text for topic in read_texts().topics for one in topic.inventions]

    for one in labelled_answers():
        assert one["bad"] == any(text in one["answer"] for text in inventions)


@pytest.mark.parametrize(("seed", "same"), [(1, True), (2, False)])
def test_the_seed_decides(seed, same):
    assert same is (labelled_answers(1, 5, 5) == labelled_answers(seed, 5, 5))

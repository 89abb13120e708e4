import pytest

from adapters.simulated_shop.texts import NUMERIC_KINDS, numbers, read_texts

pytestmark = pytest.mark.xdist_group("simulated shop")

TEXTS = read_texts()
TOPICS = [pytest.param(topic, id=topic.id) for topic in TEXTS.topics]


def test_the_shop_has_everyday_topics_and_a_launch():
    assert (len(TEXTS.everyday), len(TEXTS.launch)) == (35, 7)
    assert len(TEXTS.refusals.harmless_topics) == len(TEXTS.wrongly_refused)


@pytest.mark.parametrize("topic", TOPICS)
def test_good_answers_state_only_numbers_of_their_chunks(topic):
    said = numbers(" ".join((*topic.answers, topic.more)))

    assert said <= numbers(" ".join(topic.chunks))


@pytest.mark.parametrize("topic", TOPICS)
def test_numeric_inventions_state_a_number_that_no_chunk_of_the_topic_has(topic):
    invented = [invention.text for invention in topic.inventions if invention.kind in NUMERIC_KINDS]

    assert all(numbers(text) - numbers(" ".join(topic.chunks)) for text in invented)


def test_closings_state_no_numbers():
    assert frozenset() == numbers(" ".join(TEXTS.wording.closings))


def test_invented_numbers_are_in_no_chunk_that_was_found(week):
    numeric = [request for request in week.requests if request.invention in NUMERIC_KINDS]

    assert len(numeric) > 300
    assert all(numbers(request.answer) - numbers(" ".join(request.chunks)) for request in numeric)


def test_true_answers_state_only_numbers_that_were_found(week):
    true = [request for request in week.requests if request.hallucinated is False]

    assert all(numbers(request.answer) <= numbers(" ".join(request.chunks)) for request in true)


def test_true_answers_never_repeat_an_invention(week):
    inventions = [invention.text for topic in TEXTS.topics for invention in topic.inventions]
    true = {request.answer for request in week.requests if request.hallucinated is False}

    assert not [text for text in inventions if any(text in answer for answer in true)]

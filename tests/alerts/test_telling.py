"""Who is told what and when: silences, causes, groups, reminders, storms. One letter a slot says what is found."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.policy import Policy, Telling
from alerts.routing import RouteException, Routing
from alerts.situation import group_of
from domain.business_hours import BusinessHours
from domain.message import MessageKind, Severity
from domain.silence import Silence
from tests.alerts.in_memory import Always, Notebook, told
from tests.alerts.shipped import RULES
from tests.builders import CLEAR, HOUR, MINUTE, NOON, TRUE, UNKNOWN, instance, rule

FINDINGS = {"T": TRUE, "F": CLEAR, "?": UNKNOWN}
ROUTES = Routing({Severity.PAGE: ["pager", "slack"], Severity.TICKET: ["slack"]})
LETTERS = {
    MessageKind.FIRING: "F", MessageKind.UPDATED: "U", MessageKind.REMINDER: "M", MessageKind.RESOLVED: "R",
}  # fmt: skip


def slots(n: int, step: timedelta = MINUTE) -> list[datetime]:
    return [NOON + position * step for position in range(n)]


class Story:
    """Rules that find what they are told, slot by slot, and what was said at each."""

    def __init__(
        self, *, severity=Severity.PAGE, policy=None, silences=(), step=MINUTE, said=None, labels=None, **rules: str
    ) -> None:
        self.step, self.notebook, self.outlook = step, Notebook(), Always(list(silences))
        self.policy, self.routes = policy or Policy(), ROUTES
        self.rules = [
            self.scripted(
                name.replace("_", "-"), letters, severity, (said or {}).get(name, {}), (labels or {}).get(name, ())
            )
            for name, letters in rules.items()
        ]
        self.length = max(len(letters) for letters in rules.values())

    def scripted(self, name, letters, severity, said, labels):
        findings = {
            slot: [replace(FINDINGS[letter], labels=labels)]
            for slot, letter in zip(slots(len(letters), self.step), letters, strict=True)
        }
        return told(findings, name=name, **said).model_copy(update={"severity": severity})

    def run(self, first: int = 0, until: int | None = None) -> str:
        """Decide the slots and return what was told at each: letters of kinds, `.` for nothing."""
        book = Rulebook(rules=self.rules, routes=self.routes, policy=self.policy, slot_length=self.step)
        due = slots(self.length, self.step)[first:until]
        made = AlertDesk("shop", book, self.notebook).decide(due, self.outlook)
        return "".join("".join(LETTERS[n.message.kind] for n in one.notices) or "." for one in made)

    @property
    def messages(self):
        return [notice.message for notice in self.notebook.notices]

    def why(self, name: str, slot: int = -1) -> str:
        return next(one.told for one in self.notebook.decisions[slot].evaluations if one.rule == name)


def silence(first: int, last: int, *matchers: tuple[str, str], step: timedelta = MINUTE) -> Silence:
    return Silence(
        id="s", application="shop", matchers=matchers, starts=NOON + first * step, ends=NOON + last * step, by="ada",
        comment="deploying",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "first", "last", "said"),
    [
        pytest.param("TTTTF", 0, 9, ".....", id="never told and never told to be over"),
        pytest.param("TTTTF", 0, 2, "..F.R", id="a silence that ends while it fires tells then"),
        pytest.param("TTTTF", 1, 9, "F...R", id="how it ends is told although it is silenced"),
        pytest.param("TTTFT", 1, 3, "F..RF", id="the next one is told when the silence is over"),
        pytest.param("TTFTT", 3, 9, "F.R..", id="the next one is not told while it lasts"),
    ],
)
def test_a_silence_keeps_quiet_what_begins_and_never_how_it_ends(found, first, last, said):
    assert said == Story(errors=found, silences=[silence(first, last)]).run()


@pytest.mark.parametrize(
    ("matchers", "told_at_once"),
    [
        ([("rule", "err*")], False),
        ([("rule", "slow")], True),
        ([("severity", "page"), ("feature", "returns")], False),
        ([("feature", "ret?")], True),
        ([("model", "*")], True),
    ],
)
def test_a_silence_is_about_what_its_matchers_say(matchers, told_at_once):
    story = Story(errors="T", labels={"errors": (("feature", "returns"),)}, silences=[silence(0, 9, *matchers)])

    assert told_at_once == (story.run() == "F")
    assert ("told now" if told_at_once else "silenced until 23 Nov 12:09 UTC by ada, deploying") == story.why("errors")


@pytest.mark.parametrize(
    ("cause", "effect", "said"),
    [
        pytest.param("TTTF", "TTTF", "F..R", id="the consequence keeps quiet"),
        pytest.param("TTFF", "TTTF", "F.UR", id="and is told when it outlasts its cause"),
        pytest.param("FTTF", "TTTF", "FU.R", id="what was told before its cause is one incident with it"),
        pytest.param("??TF", "FFTF", "..FR", id="an unknown cause keeps nothing quiet, a firing one does"),
    ],
)
def test_a_consequence_is_not_told_beside_its_cause(cause, effect, said):
    story = Story(cause=cause, effect=effect, said={"effect": {"inhibited_by": ["cause"]}})

    assert said == story.run()


def test_a_cause_with_other_labels_keeps_nothing_quiet():
    here, there = (("provider", "here"),), (("provider", "there"),)
    story = Story(
        cause="T", effect="T", policy=Policy(page=Telling(group_by=("rule",))),
        said={"effect": {"inhibited_by": ["cause"]}}, labels={"cause": here, "effect": there},
    )  # fmt: skip

    assert "FF" == story.run()


def test_a_cause_without_labels_is_the_cause_of_all():
    story = Story(
        cause="T", effect="T", said={"effect": {"inhibited_by": ["cause"]}}, labels={"effect": (("feature", "x"),)}
    )

    assert "F" == story.run()
    assert "a consequence of cause" == story.why("effect")


def test_pages_of_one_application_are_one_incident_until_the_last_is_over():
    story = Story(errors="TTTFF", slow="FTTTF")

    assert "FU.UR" == story.run()
    assert 1 == len({message.key for message in story.messages})
    assert "Joined: slow. " in story.messages[1].sentence
    assert "Over: errors. " in story.messages[2].sentence


def test_tickets_are_an_incident_for_each_rule():
    story = Story(severity=Severity.TICKET, errors="TTF", slow="FTT")

    assert "FFR" == story.run()
    assert 2 == len({message.key for message in story.messages})


def test_labels_can_be_grouped_by():
    where = {"errors": (("feature", "a"),), "slow": (("feature", "b"),)}
    story = Story(policy=Policy(page=Telling(group_by=("feature",))), errors="T", slow="T", labels=where)

    assert "FF" == story.run()


def test_the_order_of_labels_makes_no_other_group():
    policy = Policy(ticket=Telling(group_by=("rule", "feature", "model")))
    one, other = (
        instance(labels=of) for of in ((("feature", "f"), ("model", "m")), (("model", "m"), ("feature", "f")))
    )

    assert group_of(rule(), one, policy) == group_of(rule(), other, policy)
    assert group_of(rule(), one, policy) != group_of(rule(), replace(one, labels=()), policy)


def days(found: str) -> dict[str, object]:
    return {"severity": Severity.TICKET, "step": HOUR, "errors": found}


def test_a_ticket_is_asked_about_after_four_hours_and_then_once_a_day():
    story = Story(**days("T" * 60 + "F"))
    said = story.run()

    assert [0, 4, 28, 52, 60] == [position for position, one in enumerate(said) if one != "."]
    assert "FMMMR" == said.replace(".", "")
    assert "Nobody has acknowledged it within 4 h. " in story.messages[1].sentence
    assert "It goes on, for 1 d 4 h now. " in story.messages[2].sentence
    assert 5 == len({(message.kind, message.number) for message in story.messages})


def test_what_somebody_has_taken_is_not_asked_about():
    story = Story(**days("T" * 60 + "F"))
    story.run(until=2)
    (taken,) = story.notebook.standing_now.incidents.values()
    story.notebook.standing_now = story.notebook.standing_now.updated(
        (), [replace(taken, acknowledged_by="ada", acknowledged_at=NOON + HOUR)]
    )

    assert "." * 58 + "R" == story.run(first=2)


def test_the_next_opening_needs_to_be_taken_anew():
    story = Story(**days("TFT" + "T" * 5))
    story.run(until=1)
    (taken,) = story.notebook.standing_now.incidents.values()
    story.notebook.standing_now = story.notebook.standing_now.updated((), [replace(taken, acknowledged_by="ada")])

    assert "RF...M." == story.run(first=1)


def test_a_ticket_that_nobody_takes_can_become_a_page():
    story = Story(policy=Policy(ticket=Telling(group_by=("rule",), escalate=True)), **days("TTTTTTF"))

    assert "F...FM.R" == story.run()
    notices = story.notebook.notices
    assert [("slack",), ("pager",), ("slack",), ("slack", "pager")] == [one.channels for one in notices]
    assert [Severity.PAGE, Severity.TICKET] == [one.message.severity for one in notices[1:3]]


def test_a_silence_keeps_reminders_quiet_too():
    story = Story(silences=[silence(2, 7, step=HOUR)], **days("T" * 10))

    assert "F......M.." == story.run()


def test_time_to_acknowledge_runs_in_business_hours_where_there_are_some():
    hours = BusinessHours(timezone="UTC")
    story = Story(policy=Policy(business_hours=hours), **days("T" * 23))  # from Monday noon

    assert [5 - 1] == [position for position, one in enumerate(story.run()) if one == "M"]

    late = Story(policy=Policy(business_hours=BusinessHours(timezone="America/New_York")), **days("T" * 10))

    assert [6] == [position for position, one in enumerate(late.run()) if one == "M"]  # 9:00 there is 14:00 UTC


def test_a_page_is_not_asked_about_because_pagerduty_does():
    assert "F" + "." * 59 == Story(step=HOUR, errors="T" * 60).run()


def test_a_storm_is_capped_and_ends_with_the_truth():
    story = Story(policy=Policy(most_an_hour=6), errors="TF" * 30 + "F" * 90)
    said = story.run()
    times = [position for position, one in enumerate(said) if one != "."]

    assert all(sum(0 <= other - one < 60 for other in times) <= 6 for one in times)
    assert "R" == said.replace(".", "")[-1]
    assert not story.notebook.standing_now.incidents.popitem()[1].is_open


def test_a_page_is_never_withheld_by_the_cap():
    story = Story(policy=Policy(most_an_hour=4), errors="TF" * 10, slow="F" * 20)
    story.run()
    standing = story.notebook.standing_now

    for decision in story.notebook.decisions:
        standing = standing.after(decision)
        firing = any(one.is_firing for one in decision.instances)

        assert not firing or any(one.is_open for one in standing.incidents.values())


def test_a_rule_that_was_removed_ends_its_alerts_and_says_so():
    story = Story(errors="TTTT")
    story.run(until=2)
    story.rules = []

    assert "R" == story.run(first=2, until=3)
    assert "The rule was removed" in story.messages[-1].sentence


def test_a_rule_with_another_limit_keeps_its_alert():
    story = Story(errors="TTTF")
    story.run(until=2)
    story.rules[0] = story.rules[0].model_copy(update={"hold": timedelta(minutes=9)})

    assert ".R" == story.run(first=2)


def test_a_rule_that_becomes_louder_is_told_anew_and_its_old_incident_ends():
    story = Story(severity=Severity.TICKET, errors="TTTF")
    story.run(until=2)
    story.rules[0] = story.rules[0].model_copy(update={"severity": Severity.PAGE})

    assert {"F", "R"} == set(story.run(first=2, until=3))
    assert "R" == story.run(first=3)


def test_an_alert_of_which_nothing_is_known_for_a_day_is_closed_and_says_so():
    story = Story(**days("T" + "?" * 30))
    said = story.run()

    assert "R" == said[25]
    assert "closed as stale, for nothing was known for 1 d" in story.messages[-1].sentence.lower()


def test_a_channel_that_is_broken_is_told_of_by_the_others():
    story = Story(severity=Severity.TICKET, dead="T", labels={"dead": (("channel", "slack"),)})
    story.run()

    assert [("pager",)] == [notice.channels for notice in story.notebook.notices]


def test_what_is_about_goodput_itself_is_an_incident_of_its_own():
    """Its slots are decided by another job, which must not write over the incidents of the application."""
    about_us, about_it = RULES["M1"], RULES["A1"]

    assert about_us.severity is about_it.severity
    assert group_of(about_us, instance(), Policy()) != group_of(about_it, instance(), Policy())


def test_a_cause_of_which_nothing_is_known_any_more_explains_nothing():
    story = Story(cause="T" + "?" * 9, effect="F" * 6 + "TTTT", said={"effect": {"inhibited_by": ["cause"]}})

    assert "F.....U..." == story.run()


def test_a_cause_that_nobody_hears_of_explains_nothing():
    story = Story(
        cause="TT",
        effect="TT",
        said={"effect": {"inhibited_by": ["cause"]}},
        silences=[silence(0, 9, ("rule", "cause"))],
    )

    assert "F." == story.run()
    assert "shop: Requests fail" == story.messages[0].title
    assert story.messages[0].rule == "effect"


def test_a_channel_that_is_new_or_has_another_name_hears_of_what_goes_on_and_how_it_ends(monkeypatch):
    story = Story(errors="TTTF")
    story.run(until=1)
    monkeypatch.setitem(ROUTES.usual, Severity.PAGE, ["pagerduty", "slack"])

    assert "F.R" == story.run(first=1)
    assert [("pager", "slack"), ("pagerduty",), ("pager", "slack", "pagerduty")] == [
        notice.channels for notice in story.notebook.notices
    ]
    assert 1 == len({message.key for message in story.messages})


def test_when_the_only_channel_is_broken_it_is_tried_all_the_same(monkeypatch):
    monkeypatch.setitem(ROUTES.usual, Severity.PAGE, ["slack"])
    story = Story(severity=Severity.TICKET, dead="T", labels={"dead": (("channel", "slack"),)})
    story.run()

    assert [("slack",)] == [notice.channels for notice in story.notebook.notices]


def test_the_cap_never_withholds_what_is_new():
    story = Story(policy=Policy(most_an_hour=4), flaps="TF" * 8, other="F" * 12 + "TTTT")
    said = story.run()

    assert "U" == said[12]
    assert "Joined: flaps, other. " in next(m for m in story.messages if m.at == NOON + 12 * MINUTE).sentence


def test_who_took_it_before_has_not_taken_what_joins():
    of_page = Telling(group_by=(), repeat=24 * HOUR)
    story = Story(
        severity=Severity.TICKET, policy=Policy(ticket=of_page), step=HOUR, errors="T" * 12, slow="FFFF" + "T" * 8
    )
    story.run(until=2)
    (taken,) = story.notebook.standing_now.incidents.values()
    story.notebook.standing_now = story.notebook.standing_now.updated(
        (), [replace(taken, acknowledged_by="ada", acknowledged_at=NOON + HOUR)]
    )

    assert "..U...M..." == story.run(first=2), "asked about four hours after it joined"


def test_an_incident_that_moves_says_that_it_goes_on():
    story = Story(severity=Severity.TICKET, errors="TTT")
    story.run(until=2)
    story.rules[0] = story.rules[0].model_copy(update={"severity": Severity.PAGE})
    story.run(first=2)

    (ended,) = [message for message in story.messages if message.kind is MessageKind.RESOLVED]
    assert "It goes on, and is told as part of another incident" in ended.sentence


def test_a_rule_that_asks_by_other_labels_closes_what_was_stale_anyway_once():
    """Its slot must be kept: two ends of one alert at one slot would stop all that follow."""
    story = Story(**days("T" + "?" * 30), labels={"errors": (("feature", "f"),)})
    story.run(until=2)
    split = rule(when={**rule().when.model_dump(), "split_by": "model"})
    story.rules[0] = split.model_copy(update={"severity": Severity.TICKET})
    late = AlertDesk("shop", Rulebook(rules=story.rules, routes=ROUTES, slot_length=HOUR), story.notebook)
    (made,) = late.decide([NOON + 40 * HOUR], story.outlook)

    assert 1 == len([one for one in made.transitions if one.labels == (("feature", "f"),)])


def test_what_is_left_out_of_telling_stays_as_it_is_by_default():
    said = Policy.model_validate({"ticket": {"escalate": True}, "page": {"group_by": ["feature"]}})

    assert (("rule",), 24 * HOUR, True) == (said.ticket.group_by, said.ticket.repeat, said.ticket.remind)
    assert (("feature",), False) == (said.page.group_by, said.page.remind)


def exceptions(story, *said, usual=None):
    """Let the rules of *story* be told on other routes than is usual."""
    story.routes = Routing(usual or ROUTES.usual, [RouteException(**one) for one in said])
    return story


def heard(story, kind=MessageKind.FIRING):
    return [notice.channels for notice in story.notebook.notices if notice.message.kind is kind]


def test_an_exception_is_told_to_others():
    story = exceptions(Story(errors="TTF"), {"rules": ["err*"], "to": ["finance"]})
    story.run()

    assert [("finance",)] == heard(story) == heard(story, MessageKind.RESOLVED)


def test_an_incident_of_rules_with_different_routes_is_told_to_all_of_them_once():
    story = exceptions(Story(errors="TTTF", slow="FTTF"), {"rules": ["slow"], "to": ["oncall-2"]})
    story.run()

    assert [("pager", "slack"), ("oncall-2",)] == heard(story), "who comes late is told what there is"
    assert [("pager", "slack")] == heard(story, MessageKind.UPDATED), "and not of it joining as well"
    assert [("pager", "slack", "oncall-2")] == heard(story, MessageKind.RESOLVED)


def test_labels_lead_elsewhere():
    story = exceptions(
        Story(errors="T", labels={"errors": (("feature", "returns"),)}), {"where": {"feature": "ret*"}, "to": ["team"]}
    )
    story.run()

    assert [("team",)] == heard(story)


def test_who_is_paged_of_a_ticket_that_nobody_took_is_who_is_paged_of_that_rule():
    policy = Policy(ticket=Telling(escalate=True))
    story = Story(severity=Severity.TICKET, policy=policy, step=HOUR, errors="TTTTTT")
    exceptions(story, {"severity": "page", "rules": ["errors"], "to": ["boss"]})
    story.run()

    assert [("slack",), ("boss",)] == heard(story)


def test_a_severity_with_no_route_but_an_exception_reaches_whom_that_names():
    story = exceptions(Story(errors="T", other="T"), {"rules": ["errors"], "to": ["a"]}, usual={Severity.TICKET: ["b"]})
    story.run()

    assert [("a",)] == heard(story)


def test_a_defect_in_what_stands_around_an_alert_keeps_nobody_from_being_told(monkeypatch, caplog):
    story = Story(errors="TTF")
    condition = type(story.rules[0].when)
    monkeypatch.setattr(condition, "worst", lambda *_: 1 / 0)

    assert "F.R" == story.run()
    assert "a defect of Goodput: its evidence cannot be gathered; it is told without" in caplog.text


def taken(story, at):
    (one,) = story.notebook.standing_now.incidents.values()
    story.notebook.standing_now = story.notebook.standing_now.updated(
        (), [replace(one, acknowledged_by="ada", acknowledged_at=at)]
    )


def test_what_is_taken_says_so():
    story = Story(severity=Severity.TICKET, policy=Policy(ticket=Telling()), errors="TTT", slow="TTF")
    story.run(until=2)
    taken(story, NOON + MINUTE)
    story.run(first=2)

    assert [(MessageKind.FIRING, False), (MessageKind.UPDATED, True)] == [
        (message.kind, message.is_taken) for message in story.messages
    ]


@pytest.mark.parametrize(
    ("errors", "is_taken", "silences"),
    [
        pytest.param("TTTF", True, [], id="somebody has it"),
        pytest.param("TTTF", False, [silence(2, 9)], id="it is silenced"),
        pytest.param("TTCF", False, [], id="it seems to be over"),
    ],
)
def test_a_channel_that_comes_late_is_not_woken_for_what_needs_nobody(errors, is_taken, silences):
    story = Story(silences=silences, said={"errors": {"resolve_after": "2m"}}, errors=errors.replace("C", "F"))
    story.run(until=2)
    if is_taken:
        taken(story, NOON + MINUTE)
    exceptions(story, {"severity": "page", "to": ["night"]})
    story.run(first=2, until=3)

    assert [("pager", "slack")] == heard(story)

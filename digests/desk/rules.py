"""The rules of ranking, as an administrator sets them on the desk: read strictly, saved for the whole site; each change is
kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from digests.desk.request_body import Body, flag, whole
from digests.editing.conflicts import Conflict, Refused
from digests.models.editors import name_of
from papers import network_words
from papers.models import RulesChange, SavedRules
from papers.models.rules import THRESHOLDS
from papers.ranking.candidates import rules
from papers.ranking.ranking import Rules, default_weights

MOST_TWEETS = 100
LARGEST_WEIGHT = 1000


def read_rules(body: Body) -> Rules:
    """Return the rules that a request wants; weights that it does not name stay as they are. Raises Refused."""
    tweets = whole(body, "shown_tweets")
    if tweets > MOST_TWEETS:
        raise Refused(f"At most {MOST_TWEETS} posts can be shown under a paper.")
    return Rules(
        whole(body, "hot_score"),
        whole(body, "shown_tweet_score"),
        tweets,
        flag(body, "one_tweet_per_author"),
        weights=_weights(body.get("weights", {}), rules().weights),
    )


def _weights(wanted: Any, held: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    if not isinstance(wanted, dict) or not all(isinstance(one, dict) for one in wanted.values()):
        raise Refused("“weights” must hold numbers by network and count. Reload the page.")
    known = {name: dict(of_network) for name, of_network in held.items()}
    for network, counts in wanted.items():
        for count, weight in counts.items():
            if count not in known.get(network, {}):
                raise Refused(f"No network counts “{network} {count}”. Reload the page.")
            known[network][count] = _weight(weight, f"{network_words.title(network)} {network_words.plural(network, count)}")
    return known


def _weight(given: object, of: str) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if is_number and 0 <= given <= LARGEST_WEIGHT and round(given, 2) == given:  # type: ignore[operator,call-overload]
        return given  # type: ignore[return-value]
    raise Refused(f"The weight of {of} must be a number from 0 to {LARGEST_WEIGHT:,} with at most two decimals.")


@transaction.atomic
def save_for_site(wanted: Rules, *, seen: int | None = None, by: User, now: datetime) -> None:
    """Save the rules for the whole site, from now on. Saving the same rules again changes nothing. Weights equal to the
    defaults will follow the defaults.

    `seen` is the key of the latest change that the administrator saw, 0 for none; raises Conflict if there are later ones.
    """
    SavedRules.objects.select_for_update().first()  # one after another: each change is told with what it really replaced
    if not (changes := list(_changes(rules(), wanted))):
        return
    defaults = default_weights()
    weights = {
        name: own
        for name, of_network in wanted.weights.items()
        if (own := {count: weight for count, weight in of_network.items() if defaults[name].get(count) != weight})
    }
    SavedRules.objects.update_or_create(
        only=True, defaults={**{name: getattr(wanted, name) for name in THRESHOLDS}, "weights": weights}
    )
    change = RulesChange(at=now, by=name_of(by)[:150], changes=changes)
    # After the row is written: of two who save the first rules at once, the second waits there for the first.
    later = [] if seen is None else list(RulesChange.objects.filter(pk__gt=seen).order_by("-pk"))
    if later:
        theirs, overrule = [one.said for one in later], {"seen": later[0].pk}
        raise Conflict("rules of ranking", mine=change.said, theirs=theirs, last=later[0], overrule=overrule)
    change.save()


def _changes(before: Rules, after: Rules) -> Iterator[tuple[str, Any, Any]]:
    for name in THRESHOLDS:
        if getattr(before, name) != getattr(after, name):
            yield name, getattr(before, name), getattr(after, name)
    for network, counts in after.weights.items():
        for count, weight in counts.items():
            if (held := before.weights.get(network, {}).get(count, 0)) != weight:
                yield f"{network}.{count}", held, weight

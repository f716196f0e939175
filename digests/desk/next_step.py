"""What to do first, in one sentence below the day."""

from dataclasses import dataclass

from digests.models import Digest
from papers.plurals import counted

Status = Digest.Status
MOST_EXTRA = 2
"""If the list is longer than usual by no more than this, nobody is told to trim it."""
DONE = "Put in order, add notes, then check."


@dataclass(frozen=True)
class NextStep:
    state: str
    """The state of the list."""
    todo: str
    keep: int = 0
    """How many papers the button that trims keeps; 0 for no button."""
    is_start: bool = False
    """There is no list, and the editor may start one."""


def next_step(
    digest: Digest | None,
    listed: int,
    hot: int,
    usual: int,
    *,
    can_edit: bool,
    can_publish: bool,
    is_correction: bool,
    published: int,
) -> NextStep:
    """Return the next step of somebody with these rights. `hot` is the number of candidates that would be proposed, `usual` the
    usual length of a list, and `published` the number of published papers."""
    if digest is None:
        if not can_edit:
            return NextStep("No list yet.", "Somebody who may edit has to start it.")
        with_hot = f"Start it with the {counted(hot, 'paper that is', 'papers that are')} hot."
        return NextStep("No list yet.", with_hot if hot else "No paper is hot. Start it empty, then add papers.", is_start=True)
    if digest.goes_out_at:
        what = "the correction" if is_correction else counted(listed, "paper")
        undo = "and you can undo it" if can_publish else "and whoever publishes can undo it"
        return NextStep(f"Publishing {what}.", f"Until then readers don’t see it, {undo}.")
    if digest.status == Status.PUBLISHED:
        correct = "To change the list, start a correction." if can_publish else "Whoever publishes can correct it."
        return NextStep(f"{counted(published, 'paper')} {'is' if published == 1 else 'are'} out.", correct)
    step = _step_of_draft(digest, listed, usual, is_correction=is_correction, can_publish=can_publish)
    return step if can_edit else NextStep(step.state, "You can read it. Curators and editors change it.")


def _step_of_draft(digest: Digest, listed: int, usual: int, *, is_correction: bool, can_publish: bool) -> NextStep:
    if digest.review == Digest.Review.CHANGES:
        return NextStep("Changes wanted.", "Read the comments, change the list, then say that it is ready again.")
    if digest.review == Digest.Review.READY:
        return NextStep(f"{counted(listed, 'paper')}, ready for review.", "Whoever publishes checks it, or asks for changes.")
    if is_correction:
        publish = "you publish it, with your words on what changed" if can_publish else "it is published"
        return NextStep("A correction.", f"Readers see it once {publish}.")
    if digest.publish_at:
        return NextStep(f"{counted(listed, 'paper')} scheduled.", "It goes out by itself, if the check finds no problems then.")
    if digest.status == Status.WITHDRAWN:
        return NextStep("Withdrawn.", "Readers don’t see it. Check it, then publish it again.")
    keep = usual if listed > usual + MOST_EXTRA else 0
    if keep and digest.revision == digest.proposed:
        return NextStep(f"{listed} proposed.", "Trim, reorder, annotate, then check.", keep)
    if keep:
        return NextStep(f"{listed} on the list, about {usual} wanted.", "Trim, put in order, add notes, then check.", keep)
    return NextStep(f"{counted(listed, 'paper')} on the list.", DONE if listed else "Add candidates, or papers by arXiv id.")

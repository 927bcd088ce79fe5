"""Why a digest cannot be changed in its state, and who takes it on from there, as sentences."""

from collections.abc import Collection

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.models import Digest, User
from digests.text.characters import join_sentences

Status = Digest.Status

REASONS = {
    Status.REVIEW: _("Locked while in review."),
    Status.APPROVED: _("Locked: it is approved, and appears when its date has come."),
    Status.PUBLISHED: _("Locked: it is published. Only a correction changes what readers see."),
    Status.WITHDRAWN: _("Locked: it is withdrawn."),
}
# The step that leads on from a state, and who takes it, for users who may not.
OTHERS = {
    Status.REVIEW: ("approve", _("A reviewer can approve it or send it back.")),
    Status.APPROVED: ("send_back", _("A reviewer can send it back.")),
    Status.PUBLISHED: ("correct", _("A reviewer can correct it.")),
    Status.WITHDRAWN: ("reopen", _("A reviewer can reopen it.")),
}


def why_locked(digest: Digest, verbs: Collection[str]) -> str:
    """The reason why this digest cannot be composed, then whose turn it is, for a user who may take
    these steps; empty for a draft. Costs a query where its submitter is named."""
    if digest.is_composable:
        return ""
    status = Status(digest.status)
    sentences = [str(REASONS[status])]
    step, sentence = OTHERS[status]
    if step not in verbs:
        sentences.append(str(sentence))
    if status == Status.REVIEW and not {"take_back", "send_back"}.intersection(verbs):
        submitters = User.objects.filter(pk__in=digest.history.submitters())
        who = gettext("%(who)s, who submitted it, can take it back.")
        sentences += [who % {"who": user} for user in submitters]
    return join_sentences(sentences)

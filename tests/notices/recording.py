"""A way out that keeps what it is given and answers as it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field

from commongrid.notices.channels import Message, Outcome


@dataclass
class Recording:
    """What was sent, in order; ``answers`` are given one after the other, then everything is taken."""

    name: str = "sms"
    answers: list[Outcome] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        """Keep it."""
        self.sent.append(message)
        return self.answers.pop(0) if self.answers else Outcome(taken=True, reference=f"r{len(self.sent)}")

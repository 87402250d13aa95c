"""One message as a channel received it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Inbound:
    """`channel_message_id` is unique within the channel: a second delivery with the same one changes nothing."""

    channel_message_id: str
    text: str
    payload: str | None = None
    client_id: str | None = None
    location: dict[str, float] | None = None
    attachment: str | None = None
    """Kind of a message that is not text: image, video, audio, file, sticker."""
    reply_token: str | None = None
    happened_ms: int = 0
    """When the channel says it happened, in milliseconds since 1970; 0 when it says nothing. Reply tokens age from here."""
    source_id: str | None = None
    """The channel's own id of the message, by which an unsend names it."""

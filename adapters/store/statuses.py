"""How the outbox writes where a delivery stands."""

from domain.delivery import DeliveryStatus

PENDING = str(DeliveryStatus.PENDING)
SENT = str(DeliveryStatus.SENT)
DEAD = str(DeliveryStatus.DEAD)
SUPERSEDED = str(DeliveryStatus.SUPERSEDED)

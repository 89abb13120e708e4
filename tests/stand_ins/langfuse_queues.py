"""The annotation queues of the Langfuse stand-in: they take what they already have, and what nobody has heard of."""

from itertools import count
from urllib.parse import unquote

from tests.stand_ins.langfuse_scores import RefusedError, bad_request
from tests.stand_ins.server import Answer, Incoming

ROOT = "/api/public/annotation-queues"
KINDS = ("TRACE", "OBSERVATION", "SESSION")
THEN = "2026-11-23T09:51:44.805Z"
LIST = {"page", "limit"}


class Queues:
    """Queues with their items, oldest first.

    Attributes:
        refuses: Objects that no queue takes, for no reason that a real server was seen to have.
    """

    def __init__(self) -> None:
        self.refuses: set[str] = set()
        self._queues: dict[str, dict] = {}
        self._items: dict[str, list[dict]] = {}
        self._ids = (f"id{number:08d}" for number in count(1))

    def open(self, name: str, *configs: str, description: str | None = None) -> str:
        """Create a queue and return its id."""
        identity = next(self._ids)
        dates = {"createdAt": THEN, "updatedAt": THEN}
        queue = {"id": identity, "name": name, "description": description, "scoreConfigIds": list(configs), **dates}
        self._queues[identity], self._items[identity] = queue, []
        return identity

    def add(self, queue_id: str, object_id: str, kind: str = "TRACE", status: str = "PENDING") -> dict:
        """Put an object into a queue, whether or not it is there."""
        item = {
            "id": next(self._ids),
            "queueId": queue_id,
            "objectId": object_id,
            "objectType": kind,
            "status": status,
            "completedAt": THEN if status == "COMPLETED" else None,
            "createdAt": THEN,
            "updatedAt": THEN,
        }
        self._items[queue_id].append(item)
        return item

    def objects(self, queue_id: str) -> list[str]:
        """Return what is in a queue, in the order of its arrival."""
        return [item["objectId"] for item in self._items[queue_id]]

    def answer(self, incoming: Incoming) -> Answer:
        rest = [unquote(part) for part in incoming.path.removeprefix(ROOT).split("/") if part]
        match rest:
            case []:
                return self._open(incoming.json()) if incoming.method == "POST" else self._all(incoming)
            case [queue_id]:
                return Answer(self._queue(queue_id))
            case [queue_id, "items"]:
                act = self._add if incoming.method == "POST" else self._list
                return act(self._queue(queue_id)["id"], incoming)
            case [queue_id, "items", item_id]:
                return self._item(self._queue(queue_id)["id"], item_id, incoming)
        raise NotImplementedError(incoming.path)

    def _all(self, incoming: Incoming) -> Answer:
        return _page(_newest_first(self._queues.values()), incoming, LIST)

    def _queue(self, queue_id: str) -> dict:
        if queue_id not in self._queues:
            words = {"message": "Annotation queue not found", "error": "LangfuseNotFoundError"}
            raise RefusedError(Answer(words, 404))
        return self._queues[queue_id]

    def _open(self, body: dict) -> Answer:
        if not body["scoreConfigIds"]:
            issue = {"origin": "array", "code": "too_small", "minimum": 1, "inclusive": True}
            words = {"path": ["scoreConfigIds"], "message": "Too small: expected array to have >=1 items"}
            raise _invalid(issue | words)
        if any(queue["name"] == body["name"] for queue in self._queues.values()):
            words = "A queue with this name already exists."
            raise bad_request(words, "InvalidRequestError")
        identity = self.open(body["name"], *body["scoreConfigIds"], description=body.get("description"))
        return Answer(self._queues[identity])

    def _list(self, queue_id: str, incoming: Incoming) -> Answer:
        status = incoming.query.get("status")
        items = [item for item in self._items[queue_id] if status in {None, item["status"]}]
        return _page(_newest_first(items), incoming, {*LIST, "status"})

    def _add(self, queue_id: str, incoming: Incoming) -> Answer:
        body = incoming.json()
        kind, object_id = body["objectType"], body["objectId"]
        if kind not in KINDS:
            words = 'Invalid option: expected one of "TRACE"|"OBSERVATION"|"SESSION"'
            issue = {"code": "invalid_value", "values": list(KINDS), "path": ["objectType"], "message": words}
            raise _invalid(issue)
        if object_id in self.refuses:
            raise _invalid({"code": "custom", "path": ["objectId"], "message": "Invalid input"})
        return Answer(self.add(queue_id, object_id, kind, body.get("status", "PENDING")))

    def _item(self, queue_id: str, item_id: str, incoming: Incoming) -> Answer:
        items = self._items[queue_id]
        item = next(one for one in items if one["id"] == item_id)
        if incoming.method == "PATCH":
            item |= {"status": incoming.json()["status"], "completedAt": THEN}
        if incoming.method == "DELETE":
            items.remove(item)
            return Answer({"success": True, "message": "Annotation queue item deleted successfully"})
        return Answer(item)


def _page(rows: list[dict], incoming: Incoming, known: set[str]) -> Answer:
    query = incoming.query
    if unknown := [name for name in query if name not in known]:
        raise _invalid({"code": "unrecognized_keys", "keys": unknown, "path": [], "message": "Unrecognized key"})
    page, limit = int(query.get("page", "1")), int(query.get("limit", "50"))
    if limit > 100:
        raise _invalid({"origin": "number", "code": "too_big", "maximum": 100, "path": ["limit"]})
    pages = -(-len(rows) // limit)
    meta = {"page": page, "limit": limit, "totalItems": len(rows), "totalPages": pages}
    return Answer({"data": rows[(page - 1) * limit : page * limit], "meta": meta})


def _newest_first(rows) -> list[dict]:
    return list(reversed(list(rows)))


def _invalid(issue: dict) -> RefusedError:
    return bad_request("Invalid request data", [issue])

"""An LwM2M board on aiocoap: objects 3 and 5, made from what its documentation tells, with nothing of Slipway's.

    aiocoap_board.py SERVER-URI ENDPOINT-NAME [BEHAVIOUR]

A package is taken for good when it begins with `firmware VERSION` and a line end. After Update the board comes back
from another port, as boards do. Writes a line of JSON for all that happens. With a BEHAVIOUR it takes the blocks of
a package by itself, as client stacks do that were seen:

    hint      4.13 to blocks above 256 bytes, with the size it wants
    no-hint   the same without
    smaller   asks for 64 bytes in the answer to the third block
    busy      5.03 with Max-Age 1, twice, in the middle
    anew      4.08 in the middle, once
    strict    5.03 to any other request during a push, and for two seconds after the last block of one
    lossy     all notifications are lost
    late      2.04, and only then that the package is damaged
"""

import asyncio
import hashlib
import json
import socket
import sys
import time

from aiocoap import Code, ContentFormat, Context, Message
from aiocoap.resource import ObservableResource, Resource, Site

IDLE, DOWNLOADING, DOWNLOADED, UPDATING = range(4)
INITIAL, SUCCESS = 0, 1
INTEGRITY_FAILED, UNSUPPORTED_PACKAGE = 5, 6
TEXT, OPAQUE, SENML_JSON = 0, 42, 110


def tell(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


class Value(ObservableResource):
    """A resource of one value, as text or SenML JSON."""

    def __init__(self, path, value, board=None):
        super().__init__()
        self.path = path
        self.value = value
        self.board = board

    def set(self, value):
        self.value = value
        if self.board.behaviour != "lossy":
            self.updated_state()

    def update_observation_count(self, newcount):
        tell("observers", path=self.path, count=newcount)

    async def render_get(self, request):
        if self.board and self.board.is_closed():
            return Message(code=Code.SERVICE_UNAVAILABLE)
        accept = request.opt.accept
        if accept is None or accept == TEXT:
            return Message(payload=str(self.value).encode(), content_format=ContentFormat(TEXT))
        if accept == SENML_JSON:
            payload = json.dumps([self.record(self.path)]).encode()
            return Message(payload=payload, content_format=ContentFormat(SENML_JSON))
        return Message(code=Code.NOT_ACCEPTABLE)

    def record(self, name):
        return {"n": name, ("v" if isinstance(self.value, int) else "vs"): self.value}


class Instance(Resource):
    """An object instance, in SenML JSON alone."""

    def __init__(self, path, values):
        super().__init__()
        self.path = path
        self.values = values

    async def render_get(self, request):
        if request.opt.accept not in (None, SENML_JSON):
            return Message(code=Code.NOT_ACCEPTABLE)
        records = [value.record(key) for key, value in self.values.items()]
        records[0]["bn"] = self.path + "/"
        return Message(payload=json.dumps(records).encode(), content_format=ContentFormat(SENML_JSON))


class Package(Resource):
    """5/0/0, which aiocoap puts together from its blocks."""

    def __init__(self, board):
        super().__init__()
        self.board = board
        self.held = b""
        self.refusals = 0

    async def needs_blockwise_assembly(self, request):
        return self.board.behaviour is None

    async def render_put(self, request):
        if request.opt.content_format != OPAQUE:
            return Message(code=Code.UNSUPPORTED_CONTENT_FORMAT)
        if self.board.behaviour is None or request.opt.block1 is None:
            self.board.take(request.payload)
            return Message(code=Code.CHANGED)
        return self.take_block(request.opt.block1, request.payload)

    def take_block(self, block, payload):
        number, more, exponent = block
        behaviour = self.board.behaviour
        if behaviour in ("hint", "no-hint") and exponent > 4:
            wish = {"block1": (number, more, 4)} if behaviour == "hint" else {}
            return Message(code=Code.REQUEST_ENTITY_TOO_LARGE, **wish)
        if number == 3 and behaviour in ("busy", "anew") and self.refusals < (2 if behaviour == "busy" else 1):
            self.refusals += 1
            if behaviour == "busy":
                return Message(code=Code.SERVICE_UNAVAILABLE, max_age=1)
            self.held = b""
            return Message(code=Code.REQUEST_ENTITY_INCOMPLETE)
        if number == 0 and not self.board.is_closed():
            self.held = b""
        if block.start != len(self.held):
            code = Code.SERVICE_UNAVAILABLE if behaviour == "strict" else Code.REQUEST_ENTITY_INCOMPLETE
            return Message(code=code)
        self.held += payload
        self.board.closed_until = time.monotonic() + 2 if behaviour == "strict" and more else 0
        if not more:
            self.board.take(self.held)
            self.held = b""
        if behaviour == "smaller" and number == 2:
            exponent = 2
        return Message(code=Code.CONTINUE if more else Code.CHANGED, block1=(number, more, exponent))


class Update(Resource):
    """5/0/2."""

    def __init__(self, board):
        super().__init__()
        self.board = board

    async def render_post(self, request):
        if self.board.state.value != DOWNLOADED:
            return Message(code=Code.METHOD_NOT_ALLOWED)
        self.board.state.set(UPDATING)
        asyncio.get_running_loop().call_later(0.05, self.board.reboots.set)
        return Message(code=Code.CHANGED)


class Board:
    def __init__(self, uri, name, behaviour=None):
        self.uri = uri
        self.name = name
        self.behaviour = behaviour
        self.closed_until = 0
        self.pending = None
        self.reboots = asyncio.Event()
        self.version = Value("/3/0/3", "1.0.0", self)
        self.state = Value("/5/0/3", IDLE, self)
        self.result = Value("/5/0/5", INITIAL, self)
        maker = Value("/3/0/0", "aiocoap", self)
        delivery = Value("/5/0/9", 1, self)
        self.site = Site()
        self.add("3", {"0": maker, "3": self.version})
        self.add("5", {"3": self.state, "5": self.result, "9": delivery})
        self.site.add_resource(["5", "0", "0"], Package(self))
        self.site.add_resource(["5", "0", "2"], Update(self))

    def add(self, object_id, values):
        self.site.add_resource([object_id, "0"], Instance(f"/{object_id}/0", values))
        for key, value in values.items():
            self.site.add_resource([object_id, "0", key], value)

    def is_closed(self):
        return time.monotonic() < self.closed_until

    def take(self, package):
        tell("package", bytes=len(package), sha256=hashlib.sha256(package).hexdigest())
        if self.behaviour == "late":
            asyncio.get_running_loop().call_later(0.2, self.result.set, INTEGRITY_FAILED)
            return
        words = package.split(b"\n", 1)[0].split(b" ")
        if words[0] == b"firmware":
            self.pending = words[1].decode()
            self.state.set(DOWNLOADED)
        else:
            self.result.set(UNSUPPORTED_PACKAGE)

    async def run(self):
        while True:
            context = await self.connect()
            self.reboots.clear()
            await self.register(context)
            await self.reboots.wait()
            await context.shutdown()
            self.version.value, self.pending = self.pending, None
            self.state.value, self.result.value = IDLE, SUCCESS

    async def connect(self):
        over_tcp = self.uri.startswith("coap+tcp:")
        # One context for both roles, so that the server's requests reach what registers.
        transports = ["tcpclient"] if over_tcp else ["udp6"]
        # A port that is free: 0 would be taken for the default one.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return await Context.create_server_context(self.site, bind=("127.0.0.1", port), transports=transports)

    async def register(self, context):
        links = b'</>;rt="oma.lwm2m";ct=110,</3/0>,</5/0>'
        query = f"lwm2m=1.1&ep={self.name}&lt=300&b={'T' if self.uri.startswith('coap+tcp:') else 'U'}"
        request = Message(
            code=Code.POST,
            uri=f"{self.uri}/rd?{query}",
            payload=links,
            content_format=ContentFormat.LINKFORMAT,
        )
        response = await context.request(request).response
        tell("registered", code=str(response.code), location="/" + "/".join(response.opt.location_path))


asyncio.run(Board(*sys.argv[1:]).run())

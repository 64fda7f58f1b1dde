"""An LwM2M board on aiocoap: objects 3 and 5, made from what its documentation tells, with nothing of Slipway's.

    aiocoap_board.py SERVER-URI ENDPOINT-NAME

A package is taken for good when it begins with `firmware VERSION` and a line end. After Update the board comes back
from another port, as boards do. Writes a line of JSON for all that happens.
"""

import asyncio
import hashlib
import json
import socket
import sys

from aiocoap import Code, ContentFormat, Context, Message
from aiocoap.resource import ObservableResource, Resource, Site

IDLE, DOWNLOADING, DOWNLOADED, UPDATING = range(4)
INITIAL, SUCCESS = 0, 1
UNSUPPORTED_PACKAGE = 6
TEXT, OPAQUE, SENML_JSON = 0, 42, 110


def tell(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


class Value(ObservableResource):
    """A resource of one value, as text or SenML JSON."""

    def __init__(self, path, value):
        super().__init__()
        self.path = path
        self.value = value

    def set(self, value):
        self.value = value
        self.updated_state()

    def update_observation_count(self, newcount):
        tell("observers", path=self.path, count=newcount)

    async def render_get(self, request):
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

    async def render_put(self, request):
        if request.opt.content_format != OPAQUE:
            return Message(code=Code.UNSUPPORTED_CONTENT_FORMAT)
        self.board.take(request.payload)
        return Message(code=Code.CHANGED)


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
    def __init__(self, uri, name):
        self.uri = uri
        self.name = name
        self.pending = None
        self.reboots = asyncio.Event()
        self.version = Value("/3/0/3", "1.0.0")
        self.state = Value("/5/0/3", IDLE)
        self.result = Value("/5/0/5", INITIAL)
        maker = Value("/3/0/0", "aiocoap")
        delivery = Value("/5/0/9", 1)
        self.site = Site()
        self.add("3", {"0": maker, "3": self.version})
        self.add("5", {"3": self.state, "5": self.result, "9": delivery})
        self.site.add_resource(["5", "0", "0"], Package(self))
        self.site.add_resource(["5", "0", "2"], Update(self))

    def add(self, object_id, values):
        self.site.add_resource([object_id, "0"], Instance(f"/{object_id}/0", values))
        for key, value in values.items():
            self.site.add_resource([object_id, "0", key], value)

    def take(self, package):
        tell("package", bytes=len(package), sha256=hashlib.sha256(package).hexdigest())
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

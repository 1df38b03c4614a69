"""A client of python-socketio that does what it is told, a line of JSON at a time, and tells what it hears."""

import asyncio
import json
import sys

import socketio


def tell(**said):
    print(json.dumps(said), flush=True)


async def main():
    client = socketio.AsyncClient(reconnection=False)
    loop = asyncio.get_running_loop()
    refused = {}
    namespace = "/"

    async def hear(event, payload=None):
        tell(heard=[event, payload])

    async def hear_refusal(reason):
        refused["reason"] = reason

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        if told["do"] == "open":
            namespace = told["namespace"]
            client.on("*", hear, namespace=namespace)
            client.on("connect_error", hear_refusal, namespace=namespace)
            try:
                await client.connect(told["url"], namespaces=[namespace], auth=told["auth"])
                tell(open=True)
            except socketio.exceptions.ConnectionError as error:
                tell(refused=refused.get("reason", {"message": str(error)}))
        elif told["do"] == "emit":
            await client.emit(told["event"], told["payload"], namespace=namespace)
            tell(emitted=True)
        else:
            tell(ack=await client.call(told["event"], told["payload"], namespace=namespace))
    await client.disconnect()


asyncio.run(main())

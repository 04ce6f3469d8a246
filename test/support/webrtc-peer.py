"""A peer whose WebRTC nobody here wrote: aiortc, which publishes by WHIP or plays by WHEP. Says what happens as lines of JSON.

webrtc-peer.py whip|whep URL SECRET [CODEC]: until `stop` comes in, or the connection fails.
"""
import asyncio
import json
import sys
import urllib.request

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer

SIZE = "320x240"


def say(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


def call(method, url, secret, body=None, headers=None):
    request = urllib.request.Request(url, method=method, data=body and body.encode())
    request.add_header("authorization", f"Bearer {secret}")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


async def count(track):
    got = 0
    while True:
        frame = await track.recv()
        got += 1
        if got in (1, 25):
            say("media", kind=track.kind, frames=got, width=getattr(frame, "width", None))


async def main(mode, url, secret, codec="H264", turn=None):
    servers = []
    if turn:
        address, username, credential = turn.split(" ")
        servers.append(RTCIceServer(urls=[address], username=username, credential=credential))
    pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
    done = asyncio.Event()

    @pc.on("connectionstatechange")
    def changed():
        say("state", state=pc.connectionState)
        if pc.connectionState in ("failed", "closed"):
            done.set()

    @pc.on("track")
    def track(track):
        asyncio.ensure_future(count(track))

    if mode == "whip":
        video = MediaPlayer(f"testsrc2=size={SIZE}:rate=25", format="lavfi").video
        audio = MediaPlayer("sine=frequency=440:sample_rate=48000", format="lavfi").audio
        pc.addTransceiver(audio, direction="sendonly")
        transceiver = pc.addTransceiver(video, direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences([each for each in codecs if each.name == codec])
    else:
        pc.addTransceiver("audio", direction="recvonly")
        pc.addTransceiver("video", direction="recvonly")
    await pc.setLocalDescription(await pc.createOffer())
    offer = pc.localDescription.sdp
    loop = asyncio.get_running_loop()
    answer = await loop.run_in_executor(None, call, "POST", url, secret, offer, {"content-type": "application/sdp"})
    status, headers, sdp = answer
    if status != 201:
        say("refused", status=status, body=sdp)
        return
    location = urllib.parse.urljoin(url, headers["location"])
    say("answered", location=location, etag=headers["etag"], link=headers["link"], sdp=sdp)
    await pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))

    def commands():
        for line in sys.stdin:
            if line.strip() == "stop":
                break
        loop.call_soon_threadsafe(done.set)

    loop.run_in_executor(None, commands)
    await done.wait()
    status, _, _ = await loop.run_in_executor(None, call, "DELETE", location, secret)
    say("deleted", status=status)
    await pc.close()


asyncio.run(main(*sys.argv[1:]))

/** An ffmpeg that sends a picture and a sound by RTP: its outputs, the ports it sends from, and its end. */
import type { ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** Where one stream is taken. */
export type RtpTarget = { port: number; rtcpPort: number; ssrc: number; payloadType: number }

/** RTP and RTCP of the picture, RTP and RTCP of the sound: the same after a restart, because the room knows its sender by them. */
export type SenderPorts = [number, number, number, number]

const KILL_AFTER_MS = 2000

/** Ports of this machine that nobody has now. */
export const senderPorts = (): Promise<SenderPorts> => Promise.all([freePort(), freePort(), freePort(), freePort()])

/** What ffmpeg is told after the codec of an output. */
export function rtpOutput(
  host: string,
  { port, rtcpPort, ssrc, payloadType }: RtpTarget,
  localPort: number,
  localRtcpPort: number,
): string[] {
  const ports = `rtcpport=${rtcpPort}&localrtpport=${localPort}&localrtcpport=${localRtcpPort}`
  return [
    ...['-f', 'rtp', '-payload_type', String(payloadType), '-ssrc', String(ssrc)],
    `rtp://${host}:${port}?${ports}&pkt_size=1200`,
  ]
}

/** Waits for the child's end, which the signal brings about; answers with the last of what it printed. */
export async function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000)
  })
  const end = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  try {
    await once(child, 'close')
  } catch (error) {
    said = String(error)
  } finally {
    signal.removeEventListener('abort', end)
  }
  return said
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

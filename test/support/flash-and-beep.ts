/** A picture that flashes whenever the sound beeps, and how far apart the two are found to be. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** In the page: a camera that is white, and a microphone that is heard, in the first fifth of every second. */
export function installFlashAndBeep() {
  const camera = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 })
    const context = canvas.getContext('2d')!
    const draw = () => {
      context.fillStyle = Date.now() % 1000 < 200 ? '#fff' : '#000'
      context.fillRect(0, 0, canvas.width, canvas.height)
      context.fillStyle = `hsl(${(Date.now() / 20) % 360} 60% 50%)`
      context.fillRect(0, 0, 20, 20)
    }
    draw()
    const source = new Blob(['setInterval(() => postMessage(0), 15)'], { type: 'text/javascript' })
    new Worker(URL.createObjectURL(source)).onmessage = draw
    return canvas.captureStream(30).getVideoTracks()[0]!
  }
  const microphone = () => {
    const audio = new AudioContext()
    const tone = audio.createOscillator()
    const gate = audio.createGain()
    const output = audio.createMediaStreamDestination()
    tone.frequency.value = 1000
    gate.gain.value = 0
    tone.connect(gate).connect(output)
    tone.start()
    let scheduled = 0
    setInterval(() => {
      const now = Date.now()
      const next = Math.ceil(now / 1000) * 1000
      if (next === scheduled || next - now > 500) return
      scheduled = next
      const at = audio.currentTime + (next - now) / 1000
      gate.gain.setValueAtTime(1, at)
      gate.gain.setValueAtTime(0, at + 0.2)
    }, 50)
    return output.stream.getAudioTracks()[0]!
  }
  navigator.mediaDevices.getUserMedia = async ({ video, audio } = {}) =>
    new MediaStream([...(video ? [camera()] : []), ...(audio ? [microphone()] : [])])
}

/** Of every flash of this film, from `fromSeconds` of its time on, by the nearest beep of that one. */
export async function soundIsLateByMs(picture: string, sound: string, fromSeconds: number): Promise<number[]> {
  const flashes = (await rises(picture, PRINT_BRIGHTNESS, 120)).filter((at) => at > fromSeconds)
  const beeps = await rises(sound, PRINT_LOUDNESS, -30)
  if (beeps.length === 0) throw new Error('no beep is heard')
  return flashes.map((flash) => {
    const nearest = beeps.reduce((best, beep) => (Math.abs(beep - flash) < Math.abs(best - flash) ? beep : best))
    return Math.round((nearest - flash) * 1000)
  })
}

/** When what this filter of ffmpeg prints of a rendition rises over `least`, in seconds of media time. */
async function rises(file: string, filter: string[], least: number): Promise<number[]> {
  const { stdout } = await run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    '-copyts',
    '-i',
    file,
    ...filter,
    '-f',
    'null',
    '-',
  ])
  const found: number[] = []
  let [seconds, before] = [0, Number.POSITIVE_INFINITY]
  for (const line of stdout.split('\n')) {
    seconds = Number(/pts_time:([\d.]+)/.exec(line)?.[1] ?? seconds)
    const value = /=(-?[\d.]+|-inf)$/.exec(line)?.[1]
    if (value === undefined) continue
    const now = value === '-inf' ? Number.NEGATIVE_INFINITY : Number(value)
    if (before < least && now >= least) found.push(seconds)
    before = now
  }
  return found
}

const PRINT_BRIGHTNESS = ['-vf', 'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-']
const PRINT_LOUDNESS = [
  '-af',
  'asetnsamples=240,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-',
]

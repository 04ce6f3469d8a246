/** How loud a track is, a few times a second: 0 silent, 1 as loud as it gets. Returns the function that ends it. */
const EVERY_MS = 80
const QUIETEST_DB = -60

export function meterLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    let squares = 0
    for (const sample of samples) squares += sample * sample
    const decibels = 20 * Math.log10(Math.sqrt(squares / samples.length) || 1e-6)
    onLevel(Math.min(1, Math.max(0, 1 - decibels / QUIETEST_DB)))
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}

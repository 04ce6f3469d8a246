/** Plays three soft notes, so that one knows the speakers work before the class begins. */
import { Volume2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rememberedOutput } from '../classroom/audio-output.ts'
import { Button, type Look } from '../ui/button.tsx'

const NOTES_HZ = [392, 494, 587]
const NOTE_SECONDS = 0.28

/** Not every browser can direct it. */
type Directed = AudioContext & { setSinkId?: (id: string) => Promise<void> }

async function chime(): Promise<void> {
  const context: Directed = new AudioContext()
  await context.setSinkId?.(rememberedOutput()).catch(() => {})
  NOTES_HZ.forEach((frequency, place) => {
    const at = context.currentTime + 0.05 + place * NOTE_SECONDS
    const tone = new OscillatorNode(context, { frequency, type: 'sine' })
    const loudness = new GainNode(context, { gain: 0 })
    loudness.gain.setValueAtTime(0, at)
    loudness.gain.linearRampToValueAtTime(0.25, at + 0.03)
    loudness.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS * 1.6)
    tone.connect(loudness).connect(context.destination)
    tone.start(at)
    tone.stop(at + NOTE_SECONDS * 1.7)
  })
  return new Promise((resolve) => {
    setTimeout(() => void context.close().then(resolve), NOTES_HZ.length * NOTE_SECONDS * 1000 + 600)
  })
}

export function SoundCheck({ look = 'quiet' }: { look?: Look }) {
  const { t } = useTranslation()
  const [state, setState] = useState<'idle' | 'playing' | 'played'>('idle')
  const play = async () => {
    setState('playing')
    await chime()
    setState('played')
  }
  return (
    <div className="flex flex-col items-start gap-1.5">
      <Button look={look} onClick={() => void play()} disabled={state === 'playing'}>
        <Volume2 size={16} aria-hidden />
        {t(state === 'playing' ? 'lesson.soundPlaying' : 'lesson.soundCheck')}
      </Button>
      {state === 'played' && (
        <p role="status" className="text-xs opacity-80">
          {t('lesson.soundHint')}
        </p>
      )}
    </div>
  )
}

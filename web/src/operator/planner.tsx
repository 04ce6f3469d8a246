/** Operators: what an audience needs, from the figures of this machine. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Audience, plan } from '../../../src/capacity/plan.ts'
import type { NodeState } from '../../../src/capacity/schema.ts'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

const pictures = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]
const hardness = { slides: 0.03, speaker: 0.07, movement: 0.12 }
type Hardness = keyof typeof hardness

type Wish = { classes: number; seats: number; viewers: number; hours: number; cdnPlaces: number; megabits: number }

export function Planner({ machine }: { machine: NodeState['machine'] }) {
  const { t } = useTranslation()
  const [wish, setWish] = useState<Wish>({
    classes: 1,
    seats: 200,
    viewers: 1000,
    hours: 2,
    cdnPlaces: 0,
    megabits: 1000,
  })
  const [picture, setPicture] = useState(1)
  const [framesPerSecond, setFrames] = useState(30)
  const [hard, setHard] = useState<Hardness>('speaker')
  const { megabits, ...people } = wish
  const audience: Audience = { ...people, ...pictures[picture]!, framesPerSecond, bitsPerPixel: hardness[hard] }
  const sound = Object.values(wish).every((figure) => Number.isFinite(figure) && figure >= 0)
  const need = sound ? plan(audience, { ...machine, megabitsPerSecond: Math.max(megabits, 1) }) : undefined
  const number = (name: keyof Wish) => (
    <Field
      label={t(`operator.plan.${name}`)}
      type="number"
      min={0}
      value={Number.isFinite(wish[name]) ? wish[name] : ''}
      onChange={({ target }) => setWish({ ...wish, [name]: target.valueAsNumber })}
    />
  )
  return (
    <div className="grid gap-6 lg:grid-cols-[3fr_2fr]">
      <div className="grid content-start gap-4 sm:grid-cols-2">
        {number('classes')}
        {number('seats')}
        {number('viewers')}
        {number('cdnPlaces')}
        <Select
          label={t('operator.plan.picture')}
          value={picture}
          onChange={({ target }) => setPicture(Number(target.value))}
        >
          {pictures.map(({ width, height }, index) => (
            <option key={height} value={index}>
              {width} × {height}
            </option>
          ))}
        </Select>
        <Select
          label={t('operator.plan.frames')}
          value={framesPerSecond}
          onChange={({ target }) => setFrames(Number(target.value))}
        >
          {[15, 25, 30, 60].map((rate) => (
            <option key={rate}>{rate}</option>
          ))}
        </Select>
        <Select
          label={t('operator.plan.hardness')}
          value={hard}
          onChange={({ target }) => setHard(target.value as Hardness)}
        >
          {(Object.keys(hardness) as Hardness[]).map((name) => (
            <option key={name} value={name}>
              {t(`operator.plan.${name}`, { bits: hardness[name] })}
            </option>
          ))}
        </Select>
        {number('hours')}
        {number('megabits')}
      </div>
      <div className="rounded-card border bg-surface p-4 sm:p-6" aria-live="polite">
        {need ? (
          <>
            <p className="display text-2xl" data-testid="plan-machines">
              {t('operator.plan.machines', { count: need.machines, cores: machine.cores })}
            </p>
            <p className="mt-1 text-muted text-sm">{t(`operator.plan.limitedBy.${need.limitedBy}`)}</p>
            <dl className="mt-4 grid grid-cols-[1fr_auto] gap-x-4 gap-y-2 text-sm">
              <Line name={t('operator.plan.uplink')} value={megabitsOf(need.teacherUplinkKbps / 1000)} />
              <Line name={t('operator.plan.perViewer')} value={megabitsOf(need.viewerKbps / 1000)} />
              <Line name={t('operator.plan.interactive')} value={megabitsOf(need.interactiveMbps)} />
              <Line name={t('operator.plan.broadcast')} value={megabitsOf(need.broadcastMbps)} />
              {need.cdnMbps > 0 && <Line name={t('operator.plan.cdn')} value={megabitsOf(need.cdnMbps)} />}
              <Line name={t('operator.plan.mediaCores')} value={need.mediaCores.toFixed(1)} />
              <Line name={t('operator.plan.serverCores')} value={need.serverCores.toFixed(1)} />
              <Line name={t('operator.plan.storage')} value={`${need.storageGb.toFixed(1)} GB`} />
            </dl>
            <p className="mt-4 text-muted text-xs">
              {t(machine.measured ? 'operator.plan.measured' : 'operator.plan.notMeasured', {
                micros: machine.microsPerPacket.toFixed(1),
                viewers: Math.round(machine.broadcastViewersPerCore),
              })}
            </p>
          </>
        ) : (
          <p className="text-muted text-sm">{t('operator.plan.incomplete')}</p>
        )}
      </div>
    </div>
  )
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="tabular text-end">{value}</dd>
    </>
  )
}

const megabitsOf = (figure: number) =>
  figure >= 1000 ? `${(figure / 1000).toFixed(2)} Gbit/s` : `${figure.toFixed(figure < 10 ? 1 : 0)} Mbit/s`

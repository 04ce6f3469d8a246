/** Which picture goes where: one on the stage, perhaps another inset, and a tile for everyone with the floor. */
import type { Person } from '../../../signaling/protocol/events.ts'

type Shown = { peerId: string; source: string }

export type Scene<P extends Shown> = { main: P | null; inset: P | null; tiles: P[] }

/** The screen takes the stage unless the viewer swapped; people with the floor get tiles. */
export function sceneOf<P extends Shown>(pictures: readonly P[], floor: readonly Person[], swapped: boolean): Scene<P> {
  const hasFloor = (peerId: string) => floor.some((person) => person.peerId === peerId)
  const tiles = pictures.filter(({ peerId }) => hasFloor(peerId))
  const teaching = pictures.filter(({ peerId }) => !hasFloor(peerId))
  const screen = teaching.find(({ source }) => source === 'screen') ?? null
  const camera = teaching.find(({ source }) => source === 'camera') ?? null
  if (!screen || !camera) return { main: screen ?? camera, inset: null, tiles }
  return swapped ? { main: camera, inset: screen, tiles } : { main: screen, inset: camera, tiles }
}

/** A black picture, for a class whose teacher has none yet. */
import { Parameters } from './parameters.ts'
import type { BroadcastHealth } from './ports.ts'
import { VideoLane } from './video-lane.ts'

/** 256×144 in constrained baseline: parameter sets and one key frame, by x264. */
const NALS = [
  'Z0LAHtwQE7ARAAADAAEAAAMAAg8WL4A=',
  'aM4PLIA=',
  'ZYiEBLyYoAA4oycnJycnJycnJycnJycnJ111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111114A=',
].map((nal) => [Buffer.from(nal, 'base64')])

export function blackLane(startedAt: number, health: BroadcastHealth): VideoLane {
  const lane = new VideoLane({ startedAt, health, needKey() {}, arrived() {} })
  const { parameters, units } = Parameters.split(NALS, undefined)
  lane.preset(units, parameters!)
  return lane
}

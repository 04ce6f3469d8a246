/** The room, whose code is fetched when it is needed. */
import { loadable } from '../ui/loadable.tsx'
import { RoomSkeleton } from './room-skeleton.tsx'

export const Room = loadable(() => import('../room/room.tsx').then((module) => module.Room), RoomSkeleton)

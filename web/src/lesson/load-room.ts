/** The room's code, fetched when it is needed. */
export const loadRoom = () => import('../room/room.tsx')

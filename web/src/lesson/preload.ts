/** Fetches the room's code ahead of the click. */
export const loadRoom = () => import('../room/room.tsx')

export const preloadRoom = (): void => {
  void loadRoom()
  void import('./lesson-page.tsx')
}

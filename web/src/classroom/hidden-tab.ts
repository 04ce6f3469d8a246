/** Whether nobody looks at this tab: it has been hidden for a while, and its picture floats nowhere else. */

/** A tab that was only glanced away from keeps its picture. */
const HIDDEN_AFTER_MS = 5000

/** Tells `noticed` until what it gives back is called. */
export function watchHiddenTab(noticed: (hidden: boolean) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') noticed(false)
    else
      timer = setTimeout(() => {
        if (!document.pictureInPictureElement) noticed(true)
      }, HIDDEN_AFTER_MS)
  }
  document.addEventListener('visibilitychange', look)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

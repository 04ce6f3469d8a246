/** Fills the screen with the player; on an iPhone only the film itself can. */

type AppleVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void }

export async function toggleFullScreen(stage: HTMLElement | null, video: AppleVideo | null): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else if (stage?.requestFullscreen) await stage.requestFullscreen()
    else video?.webkitEnterFullscreen?.()
  } catch {
    // The browser does not allow it here.
  }
}

/** Makes a picture fit to be sent: no larger than anybody looks at it here, and without what cameras write about a place. */

/** The longer side, in pixels. */
const LONGEST = 1920
const QUALITY = 0.85

/** Moving pictures stay as they are. Throws where the browser cannot read it. */
export async function preparePicture(file: File): Promise<{ file: File; width: number; height: number }> {
  const bitmap = await createImageBitmap(file)
  try {
    const { width, height } = bitmap
    if (file.type === 'image/gif') return { file, width, height }
    const scale = Math.min(1, LONGEST / Math.max(width, height))
    const canvas = Object.assign(document.createElement('canvas'), {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    })
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    // JPEG has nothing that is clear. A browser that writes no WebP writes PNG.
    const type = file.type === 'image/jpeg' ? 'image/jpeg' : 'image/webp'
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, QUALITY))
    if (!blob) throw new Error('the picture cannot be drawn')
    const name = file.name.replace(/\.\w+$/, '') || 'picture'
    const ending = blob.type.split('/')[1] ?? 'png'
    const made = new File([blob], `${name}.${ending}`, { type: blob.type, lastModified: file.lastModified })
    return { file: made, width: canvas.width, height: canvas.height }
  } finally {
    bitmap.close()
  }
}

/** The first picture among what was pasted, dropped or picked. */
export const pictureAmong = (files: FileList | null | undefined): File | undefined =>
  [...(files ?? [])].find(({ type }) => /^image\/(png|jpeg|webp|gif)$/.test(type))

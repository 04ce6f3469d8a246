/** A code to scan. It stays dark on white in both themes: phones do not read it the other way round. */
import { create } from 'qrcode'
import { useMemo } from 'react'

const QUIET = 4

export function PayCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      data-testid="pay-code"
      data-text={text}
      viewBox={`${-QUIET} ${-QUIET} ${size + 2 * QUIET} ${size + 2 * QUIET}`}
      shapeRendering="crispEdges"
      className="size-52 rounded-card bg-[#fff]"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}

function draw(text: string) {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const { size } = modules
  const dark = Array.from({ length: size * size }, (_, place) => place).filter((place) =>
    modules.get(Math.floor(place / size), place % size),
  )
  return { size, path: dark.map((place) => `M${place % size} ${Math.floor(place / size)}h1v1h-1z`).join('') }
}

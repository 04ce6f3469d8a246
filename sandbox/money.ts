/** Amounts: whole fen inside, yuan with two places where a provider writes them so. */
export const yuan = (fen: number): string => `${fen < 0 ? '-' : ''}${(Math.abs(fen) / 100).toFixed(2)}`

/** Reads yuan with at most two places; undefined where the text is no such amount. */
export function fen(text: unknown): number | undefined {
  const digits = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(typeof text === 'number' ? String(text) : String(text ?? ''))
  return digits ? Number(digits[1]) * 100 + Number((digits[2] ?? '').padEnd(2, '0')) : undefined
}

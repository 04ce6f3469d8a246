/** Chinese as Alipay's bills write it. */
let table: Map<string, [number, number]> | undefined

/** Writes text as GBK; what GBK does not have becomes a question mark. */
export function encodeGbk(text: string): Buffer {
  table ??= makeTable()
  const bytes: number[] = []
  for (const character of text) {
    if (character <= '\u007f') bytes.push(character.charCodeAt(0))
    else bytes.push(...(table.get(character) ?? [0x3f]))
  }
  return Buffer.from(bytes)
}

/** Reads every pair of bytes once. */
function makeTable(): Map<string, [number, number]> {
  const decoder = new TextDecoder('gbk')
  const pairs = new Map<string, [number, number]>()
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail))
      if ([...character].length === 1 && character !== '\ufffd' && !pairs.has(character))
        pairs.set(character, [lead, trail])
    }
  return pairs
}

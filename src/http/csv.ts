/** A table as a spreadsheet opens it: UTF-8 with a mark, and no cell that it would take for a formula. */
export const csvTable = (rows: readonly (readonly string[])[]): string =>
  `\ufeff${rows.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`

/** A cell that begins like a formula gets a quote mark in front, as spreadsheets themselves do. */
function cell(text: string): string {
  const harmless = /^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}

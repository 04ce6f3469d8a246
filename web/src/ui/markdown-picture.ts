/** Where a picture that has arrived goes in a text of Markdown, and as which words. */
type Picture = { id: string; name: string }

/** As a paragraph of its own after the line that is being written, so that no sentence is cut. */
export function placePicture(text: string, caret: number, picture: Picture): { at: number; words: string } {
  const end = text.indexOf('\n', caret)
  const at = end < 0 ? text.length : end
  const emptyLine = at === 0 || text[at - 1] === '\n'
  return { at, words: `${emptyLine ? '' : '\n\n'}${pictureOf(picture)}\n` }
}

/** What it shows is guessed from its name, without what Markdown would read as its own. */
const pictureOf = ({ id, name }: Picture): string =>
  `![${name
    .replace(/\.[^.]*$/, '')
    .replace(/[[\]\\`*_<>!\n]/g, ' ')
    .trim()}](/api/files/${id})`

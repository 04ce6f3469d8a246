import t from 'tap'
import { placePicture } from '../../web/src/ui/markdown-picture.ts'

const picture = { id: 'x', name: 'evening light.png' }
const words = '![evening light](/api/files/x)\n'
const inText = (text: string, caret: number) => {
  const placed = placePicture(text, caret, picture)
  return text.slice(0, placed.at) + placed.words + text.slice(placed.at)
}

t.test('a picture is a paragraph of its own', async (t) => {
  t.equal(inText('', 0), words)
  t.equal(inText('One\nTwo', 1), `One\n\n${words}\nTwo`, 'after the line that is being written')
  t.equal(inText('One', 3), `One\n\n${words}`)
  t.equal(inText('One\n\n', 5), `One\n\n${words}`, 'on an empty line as it is')
})

t.test('its name says what it shows, and cannot end its brackets', async (t) => {
  const { words } = placePicture('', 0, { id: 'x', name: 'a](https://evil) [`b*.png' })
  t.equal(words, '![a (https://evil)   b](/api/files/x)\n')
})

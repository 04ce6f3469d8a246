/** Pages as text, in which nothing from outside becomes markup. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Piece = Markup | Markup[] | string | number | false | undefined

/** A template whose values are escaped unless they are markup themselves. */
export function html(parts: TemplateStringsArray, ...values: Piece[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + write(values[index - 1]) + part))
}

function write(value: Piece): string {
  if (value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(write).join('')
  return value instanceof Markup ? value.text : escaped(String(value))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character]!)

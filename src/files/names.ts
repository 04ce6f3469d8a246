/** Names of files as people gave them, made safe to show, to store and to send back. */

const MAX_NAME = 150

/** The last part of a path, without what a file system, a header or an eye might stumble over. */
export function cleanName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = last
    // Control characters, and those that turn the direction of writing around to hide an ending.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}"*:<>?|]/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  const [stem, ending] = splitEnding(clean)
  const short = [...stem].slice(0, MAX_NAME).join('').trim()
  return ending ? `${short}.${ending}` : short || 'file'
}

/** The same name with one of these endings, so that nothing is ever saved as something that it is not. */
export function withEnding(name: string, endings: string[]): string {
  const [, ending] = splitEnding(name)
  return ending && endings.includes(ending.toLowerCase()) ? name : `${name}.${endings[0]}`
}

function splitEnding(name: string): [string, string | undefined] {
  const [, stem, ending] = /^(.+)\.([A-Za-z0-9]{1,8})$/.exec(name) ?? []
  return [stem ?? name, ending]
}

/** RFC 6266: the name for every client, and the same in UTF-8 for those that can. */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const utf8 = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"; filename*=UTF-8''${utf8}`
}

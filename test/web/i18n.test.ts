import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { closeReasons, errorStatus } from '../../signaling/protocol/errors.ts'
import { en } from '../../web/src/i18n/en/index.ts'
import { zh } from '../../web/src/i18n/zh/index.ts'

type Texts = { [key: string]: string | Texts }

const web = resolve(import.meta.dirname, '../../web/src')
const plural = /_(one|other)$/

const entries = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : entries(value, `${path}${key}.`),
  )

const keys = (texts: Texts) => [...new Set(entries(texts).map(([key]) => key.replace(plural, '')))].sort()
const holesIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* sources(join(folder, entry.name))
    else if (/\.tsx?$/.test(entry.name) && !folder.includes('i18n/'))
      yield readFileSync(join(folder, entry.name), 'utf8')
  }
}

t.test('every text exists in both languages', async (t) => {
  t.same(keys(en), keys(zh))
})

t.test('no text is empty', async (t) => {
  for (const [key, text] of [...entries(zh), ...entries(en)]) t.ok(text.trim(), key)
})

t.test('both languages fill in the same figures and names', async (t) => {
  const chinese = new Map(entries(zh))
  for (const [key, text] of entries(en)) t.same(holesIn(text), holesIn(chinese.get(key.replace(plural, '')) ?? ''), key)
})

t.test('every error and every closed socket has a text', async (t) => {
  for (const texts of [zh, en]) {
    for (const code of [...Object.keys(errorStatus), 'offline', 'timeout', 'disconnected'])
      t.ok((texts.errors as Record<string, string>)[code], code)
    for (const reason of Object.keys(closeReasons)) t.ok((texts.closeReasons as Record<string, string>)[reason], reason)
  }
})

t.test('no text is left over', async (t) => {
  const code = [...sources(web)].join('\n')
  const used = (key: string) => {
    const parts = key.split('.')
    return (
      parts.some((_, length) => length > 0 && code.includes(`${parts.slice(0, length).join('.')}.\${`)) ||
      code.includes(`'${key}'`)
    )
  }
  t.same(
    keys(zh).filter((key) => !used(key)),
    [],
  )
})

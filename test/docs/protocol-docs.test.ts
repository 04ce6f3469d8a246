import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { protocolDocs } from '../../scripts/write-protocol-docs.ts'

t.test('docs/protocol.md says what the protocol declares', async (t) => {
  const path = resolve(import.meta.dirname, '../../docs/protocol.md')
  t.equal(readFileSync(path, 'utf8'), protocolDocs(), 'run: npm run docs')
})

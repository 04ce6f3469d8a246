/** Files of lessons: addresses for what cannot send a bearer token. */
import type { FileAddress, PurposeRules } from '../../../src/files/schema.ts'
import { http } from './api.ts'

const file = (id: string) => `/api/files/${encodeURIComponent(id)}`

export const filesApi = {
  address: (id: string) => http.post<FileAddress>(`${file(id)}/address`),
  /** What the user may upload. */
  rules: () => http.get<PurposeRules>('/api/uploads/rules'),
}

/** Has the browser save a file; whoever has no right to it any more is refused before. */
export async function saveFile(id: string, name: string): Promise<void> {
  const { url } = await filesApi.address(id)
  const address = new URL(url, location.href)
  address.searchParams.set('download', '1')
  const link = Object.assign(document.createElement('a'), { href: address.href, download: name })
  link.click()
}

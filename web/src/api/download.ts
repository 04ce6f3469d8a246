/** Saves what an address of the API answers as a file. */
import { session } from './api.ts'
import { ApiError } from './errors.ts'

export async function download(path: string, name: string): Promise<void> {
  const token = await session.token()
  const response = await fetch(path, { headers: token ? { authorization: `Bearer ${token}` } : {} }).catch(() => {
    throw new ApiError('offline')
  })
  if (!response.ok) throw new ApiError(response.status === 401 ? 'unauthorized' : 'unavailable')
  const address = URL.createObjectURL(await response.blob())
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  URL.revokeObjectURL(address)
}

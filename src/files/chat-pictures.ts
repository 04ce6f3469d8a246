/** Pictures that people show in the chat of a class. */
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files } from '../../db/schema.ts'
import type { Pictures } from '../../signaling/ports.ts'
import { signModeratorAddress } from './addresses.ts'

export type ChatPicturesDeps = { db: Db; secret: Uint8Array; now: () => number; publicUrl: string }

export const createChatPictures = ({ db, secret, now, publicUrl }: ChatPicturesDeps): Pictures => ({
  async sizeOf(peerId, fileId) {
    const own = and(eq(files.id, fileId), eq(files.ownerId, peerId), eq(files.purpose, 'chat'))
    const [file] = await db.select({ width: files.width, height: files.height }).from(files).where(own)
    return file && { width: file.width!, height: file.height! }
  },
  async addressForModerator(fileId) {
    const address = new URL(`/api/files/${fileId}`, publicUrl)
    address.searchParams.set('access', await signModeratorAddress(fileId, secret, now()))
    return address.href
  },
})

/** What of a file is told to those who may know of it. */
import { files } from '../../db/schema.ts'

const { id, purpose, name, mimeType, sizeBytes, sha256, createdAt } = files

export const fileColumns = { id, purpose, name, mimeType, sizeBytes, sha256, createdAt }

/** What may be uploaded for which purpose: by whom, how large, and of which types. */
import type { AccountRole } from '../users/schema.ts'

export const purposes = ['cover', 'video', 'document', 'attachment', 'image', 'chat'] as const
export type Purpose = (typeof purposes)[number]

/** A type as found in the bytes → the endings that its names may have; the first is added to any other name. */
type Types = Record<string, string[]>
type Rule = {
  maxBytes: number
  types: Types
  roles: AccountRole[]
  /** Of a picture: how wide and how high it may be. What is small in bytes may be huge in memory. */
  maxPixels?: number
}

const MB = 1024 * 1024
const teachers: AccountRole[] = ['teacher', 'operator', 'admin']
const everyone: AccountRole[] = ['student', 'assistant', ...teachers]

// SVG is left out on purpose: it is a program as much as a picture.
const pictures: Types = { 'image/jpeg': ['jpg', 'jpeg'], 'image/png': ['png'], 'image/webp': ['webp'] }
const pdf: Types = { 'application/pdf': ['pdf'] }
const office: Types = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  'application/x-cfb': ['doc', 'xls', 'ppt', 'wps', 'et', 'dps'],
}
const sounds: Types = {
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a', 'mp4'],
  'audio/aac': ['aac'],
  'audio/wav': ['wav'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
  'audio/flac': ['flac'],
}
const films: Types = {
  'video/mp4': ['mp4', 'm4v'],
  'video/quicktime': ['mov', 'qt'],
  'video/matroska': ['mkv'],
  'video/webm': ['webm'],
}

/** All that one person may have here who brings no material of a course. */
export const QUOTA_BYTES = 100 * MB
export const hasQuota = (role: AccountRole): boolean => !teachers.includes(role)

export type Rules = Record<Purpose, Rule>

export const rulesOf = (videoMaxBytes: number): Rules => ({
  cover: { maxBytes: 10 * MB, types: pictures, roles: teachers },
  image: { maxBytes: 10 * MB, types: { ...pictures, 'image/gif': ['gif'] }, roles: everyone },
  chat: { maxBytes: 5 * MB, types: { ...pictures, 'image/gif': ['gif'] }, roles: everyone, maxPixels: 4096 },
  video: { maxBytes: videoMaxBytes, types: films, roles: teachers },
  document: { maxBytes: 200 * MB, types: pdf, roles: teachers },
  attachment: {
    maxBytes: 500 * MB,
    types: { ...pdf, 'application/zip': ['zip', 'docx', 'xlsx', 'pptx'], ...office, ...pictures, ...sounds },
    roles: teachers,
  },
})

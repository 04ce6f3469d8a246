/** What a kind of lesson looks like. */
import { FileText, type LucideIcon, NotebookText, Play, Radio } from 'lucide-react'
import type { LessonKind } from '../../../../src/courses/schema.ts'

export const kindIcons: Record<LessonKind, LucideIcon> = {
  live: Radio,
  video: Play,
  article: NotebookText,
  document: FileText,
}

/** What the demo's shelf has beside articles: a film and a document, made behind a class that is already live. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CourseService } from '../courses/course-service.ts'
import type { Uploads } from '../files/uploads.ts'
import type { User } from '../users/schema.ts'
import { makeFilm } from './film.ts'
import { handoutPdf } from './handout.ts'
import { findCourse } from './seed-shelf.ts'

export type StudyMaterialDeps = {
  courses: CourseService
  uploads: Uploads
  log: { warn(details: object, message: string): void }
}

const plans = [
  {
    kind: 'document',
    title: '街头摄影清单 · A list for the street',
    name: '街头摄影清单.pdf',
    trialSeconds: 0,
    make: async () => handoutPdf(),
  },
  {
    kind: 'video',
    title: '影子的一天 · A day of shadows',
    name: '影子的一天.mp4',
    trialSeconds: 10,
    make: makeFilm,
  },
] as const

/** Adds what is missing to this course, at the end of its last chapter, as its teacher would; `done` once all of it is there. */
export function addStudyMaterial(deps: StudyMaterialDeps, teacher: User, courseTitle: string) {
  const stop = new AbortController()
  const adding = add(deps, teacher, courseTitle, stop.signal).catch((error) => {
    if (!stop.signal.aborted) deps.log.warn({ err: error }, 'the demo has no film and no document')
  })
  return {
    done: adding,
    async close() {
      stop.abort()
      await adding
    },
  }
}

async function add(deps: StudyMaterialDeps, teacher: User, courseTitle: string, signal: AbortSignal): Promise<void> {
  const { teaching } = deps.courses
  const courseId = await findCourse(deps, teacher, courseTitle)
  if (!courseId) return
  const { outline } = await teaching.course(teacher, courseId)
  const there = outline.flatMap(({ lessons }) => lessons.map(({ title }) => title))
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-demo-'))
  try {
    for (const { kind, title, name, trialSeconds, make } of plans) {
      if (there.includes(title) || signal.aborted) continue
      const fileId = await upload(deps, teacher, kind, name, await make(folder, signal))
      const { id, version } = await teaching.addLesson(teacher, courseId, {
        kind,
        title,
        chapterId: outline.at(-1)!.id,
      })
      await teaching.changeLesson(teacher, id, { version, fileId, trialSeconds })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function upload(
  { uploads }: StudyMaterialDeps,
  { id, role, displayName }: User,
  purpose: 'video' | 'document',
  name: string,
  bytes: Buffer,
): Promise<string> {
  const user = { id, role, displayName, sessionId: 'demo' }
  const fileId = await uploads.begin(user, { purpose, name, sizeBytes: bytes.length, sha256: null })
  await writeFile(join(uploads.folder, fileId), bytes)
  await uploads.finish(fileId)
  return fileId
}

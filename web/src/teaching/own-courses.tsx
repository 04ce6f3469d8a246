/** The courses of a teacher; operators may see those of everyone. */
import { LibraryBig, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { CourseCard, CourseStatus } from '../../../src/courses/schema.ts'
import type { User } from '../../../src/users/schema.ts'
import { teachingApi } from '../api/teaching.ts'
import { usePages } from '../api/use-pages.ts'
import { Button } from '../ui/button.tsx'
import { Paged } from '../ui/paged.tsx'
import { Pill } from '../ui/pills.tsx'
import { Price } from '../ui/price.tsx'
import { Section } from '../ui/section.tsx'
import { Empty } from '../ui/states.tsx'
import { courseEditor } from './editor/addresses.ts'
import { OwnCover } from './editor/own-cover.tsx'
import { NewCourseDialog } from './new-course-dialog.tsx'

export function OwnCourses({ user }: { user: User }) {
  const { t } = useTranslation()
  const staff = user.role === 'operator' || user.role === 'admin'
  const [everyone, setEveryone] = useState(staff)
  const [making, setMaking] = useState(false)
  const pages = usePages(['teaching', 'courses', everyone], async (after) => {
    const { courses, next } = await teachingApi.courses(everyone, after)
    return { items: courses, next }
  })
  const create = (
    <Button look="primary" onClick={() => setMaking(true)} data-testid="new-course">
      <Plus size={16} aria-hidden />
      {t('teaching.newCourse')}
    </Button>
  )
  return (
    <Section title={t('teaching.courses')} action={pages.list.length > 0 && create}>
      {staff && (
        <label className="mb-4 flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={everyone}
            className="size-4 accent-accent-fill"
            onChange={(event) => setEveryone(event.target.checked)}
          />
          {t('teaching.everyone')}
        </label>
      )}
      <Paged
        pages={pages}
        empty={
          <Empty
            icon={<LibraryBig size={32} strokeWidth={1.5} />}
            title={t('teaching.noCourses.title')}
            text={t('teaching.noCourses.text')}
          >
            {create}
          </Empty>
        }
      >
        {(list) => (
          <ul className="flex flex-col gap-3">
            {list.map((course) => (
              <CourseRow key={course.id} course={course} byOther={course.teacher.id !== user.id} />
            ))}
          </ul>
        )}
      </Paged>
      {making && <NewCourseDialog onClose={() => setMaking(false)} />}
    </Section>
  )
}

const tones: Record<CourseStatus, 'quiet' | 'good' | 'accent'> = {
  draft: 'accent',
  published: 'good',
  archived: 'quiet',
}

export function CourseStatusPill({ status }: { status: CourseStatus }) {
  const { t } = useTranslation()
  return <Pill tone={tones[status]}>{t(`teaching.courseStatus.${status}`)}</Pill>
}

function CourseRow({ course, byOther }: { course: CourseCard; byOther: boolean }) {
  const { t } = useTranslation()
  const { id, title, status, teacher, lessons, learners, priceFen, listPriceFen } = course
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border bg-surface p-4 transition-shadow duration-150 hover:shadow-card">
      <OwnCover course={course} className="aspect-video w-24 shrink-0 rounded-control max-[419px]:hidden" />
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <Link
            to={courseEditor(id, status === 'draft' ? 'basics' : 'outline')}
            className="display truncate text-base after:absolute after:inset-0 hover:text-accent"
          >
            {title}
          </Link>
          <CourseStatusPill status={status} />
        </div>
        <p className="tabular mt-0.5 truncate text-muted text-sm">
          {byOther && `${teacher.displayName} · `}
          {t('course.lessons', { count: lessons })} · {t('course.learners', { count: learners })}
        </p>
        <p className="mt-1 sm:hidden">
          <Price fen={priceFen} listFen={listPriceFen} />
        </p>
      </div>
      <span className="max-sm:hidden">
        <Price fen={priceFen} listFen={listPriceFen} />
      </span>
    </li>
  )
}

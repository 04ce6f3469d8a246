/** The editor of a course: what it is, what is in it, and whether it is there for others. */
import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, Eye } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { Link, useParams, useSearchParams } from 'react-router'
import type { CourseDraft } from '../../../../src/courses/schema.ts'
import { teachingApi } from '../../api/teaching.ts'
import { useTitle } from '../../layout/page-frame.tsx'
import { SignedInOnly } from '../../layout/signed-in-only.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { CourseStatusPill } from '../own-courses.tsx'
import { editorTabs } from './addresses.ts'
import { Basics } from './basics.tsx'
import { draftKey } from './keys.ts'
import { OutlineEditor } from './outline-editor.tsx'
import { Publish } from './publish.tsx'
import { Trouble, Waiting } from './states.tsx'

const PROCESSING_MS = 4000

export function CourseEditorPage() {
  const { id = '' } = useParams()
  return <SignedInOnly>{() => <Editor key={id} id={id} />}</SignedInOnly>
}

function Editor({ id }: { id: string }) {
  const query = useQuery({
    queryKey: draftKey(id),
    queryFn: () => teachingApi.course(id),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isProcessing(state.data) ? PROCESSING_MS : false),
  })
  useTitle(query.data?.title)
  if (query.error && !query.data) return <Trouble error={query.error} onRetry={() => void query.refetch()} />
  // What was in the cache may be old: whoever typed over it would be in conflict with themselves.
  if (!query.data || !query.isFetchedAfterMount) return <Waiting />
  return <Opened draft={query.data} />
}

const isProcessing = ({ outline }: CourseDraft) =>
  outline.some(({ lessons }) => lessons.some(({ lack }) => lack === 'video_processing'))

function Opened({ draft }: { draft: CourseDraft }) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const tab = editorTabs.find((name) => name === search.get('tab')) ?? 'basics'
  return (
    <main className="mx-auto max-w-5xl px-4 pt-6 pb-20 sm:px-6 sm:pt-8">
      <EditorHead draft={draft} />
      <Tabs.Root value={tab} onValueChange={(next) => setSearch({ tab: next }, { replace: true })} className="mt-5">
        <Tabs.List aria-label={t('editor.parts')} className="scroll-quiet flex overflow-x-auto border-b">
          {editorTabs.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              data-testid={`tab-${name}`}
              className="inline-flex h-10 shrink-0 items-center gap-1.5 border-transparent border-b-2 px-3 text-muted text-sm outline-offset-[-2px] transition-colors duration-150 hover:text-text data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-text"
            >
              {t(`editor.tab.${name}`)}
              {name === 'publish' && draft.status === 'draft' && draft.lacks.length > 0 && (
                <span className="tabular rounded-full bg-accent-soft px-1.5 text-accent text-xs">
                  {draft.lacks.length}
                </span>
              )}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="basics" className="pt-6">
          <Basics draft={draft} />
        </Tabs.Content>
        <Tabs.Content value="outline" className="pt-6">
          <OutlineEditor draft={draft} />
        </Tabs.Content>
        <Tabs.Content value="publish" className="pt-6">
          <Publish draft={draft} />
        </Tabs.Content>
      </Tabs.Root>
    </main>
  )
}

function EditorHead({ draft: { id, title, status } }: { draft: CourseDraft }) {
  const { t } = useTranslation()
  return (
    <>
      <Link to="/teaching" className="inline-flex items-center gap-1 text-muted text-sm hover:text-text">
        <ArrowLeft size={16} aria-hidden />
        {t('teaching.title')}
      </Link>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <h1 className="display min-w-0 max-w-full break-words text-xl">{title}</h1>
        <CourseStatusPill status={status} />
        <Link to={`/courses/${id}`} className={`${buttonClasses('ghost', 'sm')} ms-auto`}>
          <Eye size={16} aria-hidden />
          {t('editor.preview')}
        </Link>
      </div>
    </>
  )
}

/** The cover of a course for those who make it: that of a draft is at a signed address, for nobody else may see it yet. */
import { useQuery } from '@tanstack/react-query'
import type { CourseCard } from '../../../../src/courses/schema.ts'
import { filesApi } from '../../api/files.ts'
import { Cover } from '../../ui/cover.tsx'

type Props = { course: Pick<CourseCard, 'id' | 'coverUrl' | 'status'>; className: string }

export function OwnCover({ course: { id, coverUrl, status }, className }: Props) {
  const fileId = coverUrl?.split('/').at(-1)
  const signed = useQuery({
    queryKey: ['file-address', fileId],
    queryFn: () => filesApi.address(fileId!),
    enabled: fileId !== undefined && status === 'draft',
    staleTime: 60_000,
  })
  const address = status === 'draft' ? signed.data?.url : coverUrl
  if (!address) return <Cover seed={id} className={className} />
  return <img src={address} alt="" className={`${className} object-cover`} />
}

/** A picture that was uploaded here, for those who may see it: by a signed address, because an `<img>` cannot say who is looking. */
import { useQuery } from '@tanstack/react-query'
import { filesApi } from '../api/files.ts'

/** An address lives for an hour. */
const FRESH_MS = 50 * 60_000

export const fileIn = (address: string): string | undefined => /^\/api\/files\/([0-9a-f-]{36})$/.exec(address)?.[1]

export function OwnPicture({ fileId, alt }: { fileId: string; alt: string | undefined }) {
  const { data, isPending } = useQuery({
    queryKey: ['file-address', fileId],
    queryFn: () => filesApi.address(fileId),
    staleTime: FRESH_MS,
  })
  if (isPending) return <span aria-hidden className="block aspect-video animate-shimmer rounded-control bg-line" />
  return data ? <img src={data.url} alt={alt} loading="lazy" /> : alt
}

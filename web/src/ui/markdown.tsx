/** Markdown that somebody else wrote: no HTML of theirs, no pictures from other hosts, and links that vouch for nobody. */
import type { ComponentProps } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { classes } from './classes.ts'
import './markdown.css'
import { fileIn, OwnPicture } from './own-picture.tsx'

export function Markdown({ text, className }: { text: string; className?: string }) {
  return (
    <div className={classes('markdown', className)}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

const isOurs = (address: string): boolean => {
  try {
    return new URL(address, location.origin).origin === location.origin
  } catch {
    return false
  }
}

/** The page around it has the heading of the first level. */
const components: Components = {
  h1: ({ node: _, ...rest }) => <h2 {...rest} />,
  h2: ({ node: _, ...rest }) => <h3 {...rest} />,
  h3: ({ node: _, ...rest }) => <h4 {...rest} />,
  h4: ({ node: _, ...rest }) => <h5 {...rest} />,
  a: ({ node: _, ...rest }) => <Anchor {...rest} />,
  img: ({ node: _, src, alt }) => <Picture src={typeof src === 'string' ? src : ''} alt={alt} />,
  table: ({ node: _, ...rest }) => (
    <div className="scroll-quiet overflow-x-auto">
      <table {...rest} />
    </div>
  ),
}

function Picture({ src, alt }: { src: string; alt: string | undefined }) {
  const fileId = fileIn(src)
  if (fileId) return <OwnPicture fileId={fileId} alt={alt} />
  return src && isOurs(src) ? <img src={src} alt={alt} loading="lazy" /> : alt
}

function Anchor({ href = '', children, ...rest }: ComponentProps<'a'>) {
  const away = isOurs(href) ? {} : { target: '_blank', rel: 'noopener nofollow ugc' }
  return (
    <a {...rest} href={href} {...away}>
      {children}
    </a>
  )
}

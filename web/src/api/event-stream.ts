/** Server-sent events out of a body that arrives bit by bit: each with its name and its data, which is JSON. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<{ name: string; data: unknown }> {
  const decoder = new TextDecoder()
  let text = ''
  const reader = body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += decoder.decode(read.value, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        const event = parse(block)
        if (event) yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function parse(block: string): { name: string; data: unknown } | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const [name, data] = [field('event'), field('data')]
  return name && data ? { name, data: JSON.parse(data) } : undefined
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const server = 'http://localhost:3000'

const pdfjs = join(import.meta.dirname, '../node_modules/pdfjs-dist')
const pdfFolders: Record<string, string> = {
  cmaps: join(pdfjs, 'cmaps'),
  fonts: join(pdfjs, 'standard_fonts'),
  decoders: join(pdfjs, 'wasm'),
}

/** What PDF.js fetches for Chinese, and for fonts that a document does not bring along. */
function pdfFiles(): Plugin {
  return {
    name: 'pdf-files',
    generateBundle() {
      for (const [name, folder] of Object.entries(pdfFolders))
        for (const file of readdirSync(folder))
          this.emitFile({ type: 'asset', fileName: `pdf/${name}/${file}`, source: readFileSync(join(folder, file)) })
    },
    configureServer({ middlewares }) {
      middlewares.use('/pdf', (request, answer, next) => {
        const [, name = '', file = ''] = /^\/(\w+)\/([\w.-]+)$/.exec(request.url ?? '') ?? []
        const folder = pdfFolders[name]
        if (!folder || !readdirSync(folder).includes(file)) return next()
        if (file.endsWith('.js')) answer.setHeader('Content-Type', 'text/javascript')
        answer.end(readFileSync(join(folder, file)))
      })
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), pdfFiles()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
  },
  server: {
    proxy: {
      '/api': server,
      '/signaling': { target: server, ws: true },
    },
  },
})

/** A server that speaks S3 for one test file: OpenStack Swift, which checks signatures as Amazon does. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { S3Place } from '../../src/adapters/s3-file-storage.ts'
import { bound, findProgram, freePort, stop, untilItWorks } from './processes.ts'

/** Starts the server with an empty bucket. It ends with the test. */
export async function startS3(t: Test): Promise<S3Place> {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-s3-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  // Debian's own Python: it is the one that Debian's Swift is installed for.
  const python = findProgram('python3', 'python3-swift', ['/usr/bin'])
  const script = join(import.meta.dirname, 's3-server.py')
  const server = spawn(...bound('TERM', [python, script, folder, String(port)]), { stdio: 'ignore' })
  t.teardown(() => stop(server, 'SIGTERM'))
  const place: S3Place = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'jiangtang-tests',
    prefix: '',
    pathStyle: true,
    accessKeyId: 'test:tester',
    secretAccessKey: 'testing',
  }
  await untilItWorks(() => makeBucket(place))
  return place
}

async function makeBucket({ endpoint, region, bucket, pathStyle, accessKeyId, secretAccessKey }: S3Place) {
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: pathStyle, maxAttempts: 1 })
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  } finally {
    client.destroy()
  }
}

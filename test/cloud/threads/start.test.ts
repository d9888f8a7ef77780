import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { flagsFor } from '../../../bin/node24.js'

const start = new URL('../../../cloud/threads/start.ts', import.meta.url).href

/** Prints the heap limit, MB, of a thread that asked for 64, in a process with the flags of `warepulse cloud`. */
const script = `
  import { Worker } from 'node:worker_threads'
  import { giveThreadsTheirOwnHeaps } from ${JSON.stringify(start)}
  giveThreadsTheirOwnHeaps()
  const tell = "import { parentPort } from 'node:worker_threads'; import { getHeapStatistics } from 'node:v8';" +
    'parentPort.postMessage(getHeapStatistics().heap_size_limit)'
  const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 12 }
  new Worker(tell, { eval: true, resourceLimits }).once('message', (bytes) => console.log(bytes / 2 ** 20))`

test('a thread of the cloud has the heap that it was given, not that of the command line', async () => {
  const args = [...flagsFor(['cloud']), '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(Number(stdout)).toBeGreaterThan(63)
  expect(Number(stdout)).toBeLessThan(100)
})

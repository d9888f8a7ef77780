import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHttpStream } from '../../edge/sources/http-stream/open.ts'
import { HttpStreamOptions } from '../../edge/sources/http-stream/options.ts'
import { runSource, type SourceRun, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

/** A reader's web server: keeps every answer open, and writes when the test says so. */
let server: Server
let answers: ServerResponse[]
let asked: (string | undefined)[]
let status: number
let directory: string
let run: SourceRun | undefined
beforeEach(async () => {
  answers = []
  asked = []
  status = 200
  directory = await mkdtemp(join(tmpdir(), 'http-stream-'))
  await writeFile(join(directory, 'password'), 'impinj\n')
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim())
    response.writeHead(status, { 'content-type': 'application/json' })
    if (status !== 200) return void response.end()
    response.flushHeaders()
    answers.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await run?.stop()
  run = undefined
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(directory, { recursive: true })
})

function open(options: object = {}) {
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/api/v1/data/stream`
  const parsed = HttpStreamOptions.parse({ type: 'http-stream', id: 'r700', url, protocol: 'impinj-r700', ...options })
  run = runSource(openHttpStream(parsed, sourceContext).source)
  return run
}
const states = () => run?.statesOf('r700').join(' ')
const heard = () => run?.deliveries.map(({ text }) => text).join('')

test('asks with its password, is up when answered, and hands over what comes, however it is cut', async () => {
  open({ username: 'root', passwordFile: join(directory, 'password') })
  await until('the reader is up', () => states() === 'up')
  expect(asked).toEqual([`/api/v1/data/stream Basic ${Buffer.from('root:impinj').toString('base64')}`])
  answers[0]?.write('{"eventType":')
  await until('the first half has come', () => heard() === '{"eventType":')
  answers[0]?.write('"x"}\n\r\n')
  await until('the rest has come', () => heard() === '{"eventType":"x"}\n\r\n')
})

test('an answer that ends, or a cable that is cut, is asked for again', async () => {
  open()
  await until('the reader is up', () => states() === 'up')
  answers[0]?.end('a\n')
  await until('it is up again', () => states() === 'up down up')
  answers[1]?.socket?.resetAndDestroy()
  await until('it is up once more', () => states() === 'up down up down up')
  expect(run?.links[1]).toMatchObject({ state: 'down', reason: 'the reader ended its answer' })
  expect(heard()).toBe('a\n')
})

test('a reader that stalls is asked anew', async () => {
  open({ stalledAfterMs: 1000 })
  await until('it was asked twice', () => asked.length >= 2)
  expect(run?.links[1]).toEqual({ device: 'r700', state: 'down', reason: 'nothing came for 1000 ms' })
})

test('a full spool is not the silence of the reader', async () => {
  const source = open({ stalledAfterMs: 1000, silentAfterMs: 1000 })
  await until('the reader is up', () => states() === 'up')
  const release = source.hold()
  answers[0]?.write('a\n')
  await until('it is held back', () => heard() === 'a\n')
  answers[0]?.write('b\n')
  await new Promise((resolve) => setTimeout(resolve, 1500)) // longer than both
  expect(states()).toBe('up')
  release()
  await until('the rest comes', () => heard() === 'a\nb\n')
  expect(asked).toHaveLength(1)
})

for (const [code, part] of [
  [401, 'check username and password'],
  [404, 'check url'],
  [503, 'answers 503'],
] as const) {
  test(`refused with ${code}`, async () => {
    status = code
    open()
    await until('it is told', () => states() === 'down')
    expect(run?.links[0]?.reason).toContain(part)
  })
}

test('nobody there', async () => {
  open({ url: 'http://127.0.0.1:9/stream' })
  await until('it is told', () => states() === 'down')
  expect(run?.links[0]?.reason).toMatch(/ECONNREFUSED/)
})

import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { openLine, remote } from '../../../cloud/threads/line.ts'
import { Fault } from '../../../shared/fault.ts'

interface Store {
  add(a: number, b: number): number
  fill(): Promise<void>
  bug(): void
  note(word: string): void
  bytes(bytes: Uint8Array): number
}

function pair() {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const noted: string[] = []
  const store: Store = {
    add: (a, b) => a + b,
    fill: async () => {
      throw new Fault('storage-full', 'The disk is full.', { retryable: true })
    },
    bug: () => {
      throw new TypeError('x is undefined')
    },
    note: (word) => void noted.push(word),
    bytes: (bytes) => bytes.length,
  }
  openLine(port2, store)
  return { line: openLine<Store>(port1, {}), noted }
}

test('a call is answered by the other end', async () => {
  const { line } = pair()
  expect(await Promise.all([line.ask('add', [1, 2]), line.ask('add', [3, 4])])).toEqual([3, 7])
  expect(await remote<Store>(line, ['add']).add(5, 6)).toBe(11)
})

test('what is told comes in its order, before the answer to what is asked later', async () => {
  const { line, noted } = pair()
  for (const word of ['a', 'b', 'c']) line.tell('note', [word])
  await line.ask('add', [0, 0])
  expect(noted).toEqual(['a', 'b', 'c'])
})

test('a Fault keeps its code, its sentence, and whether trying again can help', async () => {
  const { line } = pair()
  await expect(line.ask('fill', [])).rejects.toMatchObject({
    name: 'Fault',
    code: 'storage-full',
    message: 'The disk is full.',
    retryable: true,
  })
  await expect(line.ask('bug', [])).rejects.toMatchObject({ code: 'internal', message: 'bug failed: x is undefined' })
})

test('only what was offered can be called, nothing of a prototype', async () => {
  const { line } = pair()
  for (const name of ['toString', 'constructor', 'gone'])
    await expect(line.ask(name as 'bug', [])).rejects.toMatchObject({ code: 'internal' })
})

test('a transferred buffer changes hands', async () => {
  const { line } = pair()
  const bytes = new Uint8Array(10)
  expect(await line.ask('bytes', [bytes], [bytes.buffer])).toBe(10)
  expect(bytes.length).toBe(0)
})

test('at the end whoever waits is told, and whoever asks later', async () => {
  const { line } = pair()
  const waiting = line.ask('add', [1, 2])
  line.end()
  line.end()
  await expect(waiting).rejects.toMatchObject({ code: 'not-reachable', retryable: true })
  await expect(line.ask('add', [1, 2])).rejects.toMatchObject({ code: 'not-reachable' })
})

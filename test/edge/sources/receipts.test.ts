import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openReceipts } from '../../../edge/sources/mqtt/receipts.ts'

/** A disk that says when what came so far is on it. */
function slowDisk() {
  const asked: (() => void)[] = []
  return { asked, durable: () => new Promise<void>((resolve) => asked.push(resolve)) }
}
function open(durable: () => Promise<void>) {
  const written: string[] = []
  const receipts = openReceipts(durable, (bytes) => written.push(Buffer.from(bytes).toString('hex')))
  return { receipts, written }
}

test('messages of one turn are asked for once, and acknowledged with one write', async () => {
  const { asked, durable } = slowDisk()
  const { receipts, written } = open(durable)
  for (const id of [1, 2, 0xfffe]) receipts.owe(id)
  await setImmediate()
  expect([asked.length, written]).toEqual([1, []])
  asked[0]?.()
  await setImmediate()
  expect(written).toEqual(['400200014002000240' + '02fffe'])
})

test('what comes while the disk is busy waits for a disk that knows of it', async () => {
  const { asked, durable } = slowDisk()
  const { receipts, written } = open(durable)
  receipts.owe(1)
  await setImmediate()
  receipts.owe(2)
  asked[0]?.()
  await setImmediate()
  expect([asked.length, written]).toEqual([2, ['40020001']])
  asked[1]?.()
  await setImmediate()
  receipts.owe(3)
  await setImmediate()
  asked[2]?.()
  await setImmediate()
  expect(written).toEqual(['40020001', '40020002', '40020003'])
})

test('nothing is acknowledged that never becomes durable', async () => {
  const { receipts, written } = open(() => new Promise(() => undefined))
  receipts.owe(1)
  receipts.owe(2)
  await setImmediate()
  await setImmediate()
  expect(written).toEqual([])
})

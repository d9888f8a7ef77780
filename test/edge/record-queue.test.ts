import { expect, test } from 'vitest'
import { recordQueue } from '../../edge/record-queue.ts'

const record = (n: number) => ({ kind: 'test', n })
const never = new AbortController().signal
/** Has this promise settled by the time that everything ready has run? */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return done
}

test('those who bring wait while it is full', async () => {
  const queue = recordQueue(2)
  queue.push(record(1))
  await queue.room(never)
  queue.push(record(2))
  const room = queue.room(never)
  expect(await settled(room)).toBe(false)
  expect(queue.take(1)).toEqual([record(1)])
  expect(await settled(room)).toBe(true)
})

test('who takes waits for enough', async () => {
  const queue = recordQueue(10)
  const two = queue.holds(2, never)
  queue.push(record(1))
  expect(await settled(two)).toBe(false)
  queue.push(record(2))
  expect(await settled(two)).toBe(true)
  expect(queue.take(10)).toEqual([record(1), record(2)])
  expect(queue.length).toBe(0)
})

test('an abort releases everybody', async () => {
  const queue = recordQueue(1)
  queue.push(record(1))
  const stop = new AbortController()
  const waiting = Promise.all([queue.room(stop.signal), queue.holds(5, stop.signal)])
  expect(await settled(waiting)).toBe(false)
  stop.abort()
  expect(await settled(waiting)).toBe(true)
  expect(queue.length).toBe(1)
})

test('what was pushed is settled when all before it is stored', async () => {
  const queue = recordQueue(10)
  await queue.settled()
  queue.push(record(1))
  queue.push(record(2))
  const two = queue.settled()
  queue.push(record(3))
  const three = queue.settled()
  queue.take(3)
  queue.settle(1)
  expect(await settled(two)).toBe(false)
  queue.settle(1)
  expect(await settled(two)).toBe(true)
  expect(await settled(three)).toBe(false)
  queue.settle(1)
  expect(await settled(three)).toBe(true)
  await queue.settled()
})

import { expect, test } from 'vitest'
import { recordQueue } from '../../edge/record-queue.ts'
import { tellSpool } from '../../edge/tell-spool.ts'

const clock = { now: () => 1_000, monotonicMs: () => 0 }

test('a gateway tells how full its spool is, as a device of its own; while the spool takes nothing it adds nothing', async () => {
  const queue = recordQueue(1)
  const spool = { waitingBytes: 10, boundBytes: 1000 }
  const stop = new AbortController()
  const telling = tellSpool({ gateway: 'gw1', spool, queue, clock, lookEveryMs: 1 }, stop.signal)
  await queue.holds(1, stop.signal)
  spool.waitingBytes = 600
  // The queue is full now: what it holds stays alone in it.
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
  const word = { kind: 'device', at: 1_000, device: 'gw1', state: 'up' }
  expect(queue.take(9)).toEqual([{ ...word, spool: { waitingBytes: 10, boundBytes: 1000 } }])
  await queue.holds(1, stop.signal)
  expect(queue.take(9)).toEqual([{ ...word, spool: { waitingBytes: 600, boundBytes: 1000 } }])
  stop.abort()
  await telling
})

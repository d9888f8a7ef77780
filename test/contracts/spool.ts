import { describe, expect, test } from 'vitest'
import type { Spool } from '../../edge/spool/spool.ts'
import type { Gap } from '../../shared/record.ts'
import { measurement, observation, readAll } from '../support/spool.ts'

/** A place where a spool can be opened, closed and opened again. */
export interface SpoolPlace extends Disposable {
  open(options?: { readonly maxBytes?: number }): Promise<Spool>
}

const plenty = { records: 1000, bytes: 256 * 1024 }

const lost = (fromSeq: number, toSeq: number): Gap => ({
  kind: 'gap',
  fromSeq,
  toSeq,
  fromAt: 1,
  toAt: 1,
  count: toSeq - fromSeq + 1,
  reason: 'server-restored',
  class: 'unknown',
})

/** The sentences of `edge/spool/spool.ts`, for any implementation. */
export function spoolContract(name: string, place: () => SpoolPlace): void {
  describe(`${name} keeps the contract of Spool`, () => {
    test('numbers begin at 1 and have no holes, whoever appends', async () => {
      using where = place()
      const spool = await where.open()
      const firsts = await Promise.all(
        [3, 1, 5].map((count) => spool.append(Array.from({ length: count }, (_, i) => measurement(i)))),
      )
      expect(firsts).toEqual([1, 4, 5])
      expect(spool.next).toBe(10)
      await spool.close()
    })

    test('what was appended is read back as it was, in order, across a reopening', async () => {
      using where = place()
      const spool = await where.open()
      const records = Array.from({ length: 500 }, (_, n) => (n % 2 === 0 ? measurement(n) : observation(n)))
      for (let n = 0; n < 500; n += 50) await spool.append(records.slice(n, n + 50))
      expect([...(await readAll(spool)).values()]).toEqual(records)
      const { epoch } = spool
      await spool.close()
      const again = await where.open()
      expect(again.epoch).toBe(epoch)
      expect(again.next).toBe(501)
      expect([...(await readAll(again)).values()]).toEqual(records)
      expect(await again.append([measurement(501)])).toBe(501)
      await again.close()
    })

    test('many times more at once than can be written at once: all of it waits unharmed and is read back in order', async () => {
      using where = place()
      const spool = await where.open()
      const appended = Array.from({ length: 60 }, (_, i) =>
        Array.from({ length: 3000 }, (_, j) => observation(i * 3000 + j)),
      )
      const firsts = await Promise.all(appended.map((records) => spool.append(records)))
      expect(firsts).toEqual(appended.map((_, i) => 1 + i * 3000))
      expect([...(await readAll(spool)).values()]).toEqual(appended.flat())
      await spool.close()
    })

    test('a read keeps to its limits, and gives at least one record', async () => {
      using where = place()
      const spool = await where.open()
      await spool.append(Array.from({ length: 20 }, (_, n) => measurement(n)))
      expect((await spool.read(1, { records: 7, bytes: 1e6 })).records).toHaveLength(7)
      expect((await spool.read(5, { records: 7, bytes: 1 })).records).toHaveLength(1)
      expect(await spool.read(21, plenty)).toEqual({ first: 21, records: [] })
      await spool.close()
    })

    test('bytes that were read never change, even when the spool goes on', async () => {
      using where = place()
      const spool = await where.open()
      await spool.append([measurement(1)])
      const before = (await spool.read(1, plenty)).records[0]
      const copy = Buffer.from(before ?? [])
      for (let n = 0; n < 50; n += 1) await spool.append(Array.from({ length: 2000 }, (_, i) => observation(i)))
      expect(Buffer.from(before ?? [])).toEqual(copy)
      expect(Buffer.from((await spool.read(1, plenty)).records[0] ?? [])).toEqual(copy)
      await spool.close()
    })

    test('nothing leaves before it is acknowledged; ranges above the watermark free nothing', async () => {
      using where = place()
      const spool = await where.open()
      for (let n = 0; n < 20; n += 1) await spool.append(Array.from({ length: 2000 }, (_, i) => observation(i)))
      await spool.acknowledge({ committed: 0, ranges: [[2, 40_000]] })
      expect(spool.first).toBe(1)
      expect((await readAll(spool)).size).toBe(40_000)
      await spool.acknowledge({ committed: 40_000, ranges: [] })
      expect(spool.closed.committed).toBe(40_000)
      await spool.close()
      const again = await where.open()
      expect(again.next).toBe(40_001)
      expect(again.closed.committed).toBe(40_000)
      await again.close()
    })

    test('what waits is what is not acknowledged, also above a hole', async () => {
      using where = place()
      const spool = await where.open()
      expect(spool.waitingBytes).toBe(0)
      for (let n = 0; n < 20; n += 1) await spool.append(Array.from({ length: 2000 }, (_, i) => observation(i)))
      const full = spool.waitingBytes
      expect(full).toBeGreaterThan(40_000 * 50)
      expect(full).toBeLessThanOrEqual(spool.boundBytes)
      await spool.acknowledge({ committed: 10_000, ranges: [[20_001, 40_000]] })
      expect(spool.waitingBytes / full).toBeCloseTo(1 / 4, 1)
      await spool.acknowledge({ committed: 40_000, ranges: [] })
      expect(spool.waitingBytes).toBe(0)
      await spool.close()
    })

    test('an acknowledgement of numbers never given closes nothing ahead', async () => {
      using where = place()
      const spool = await where.open()
      await spool.append([measurement(1)])
      await spool.acknowledge({ committed: 99, ranges: [[200, 300]] })
      expect(spool.closed.committed).toBe(1)
      expect(await spool.append([measurement(2)])).toBe(2)
      await spool.close()
    })

    test('waitBeyond resolves with the next record, or when it is told to stop', async () => {
      using where = place()
      const spool = await where.open()
      const stop = new AbortController()
      const waiting = spool.waitBeyond(0, stop.signal)
      await spool.append([measurement(1)])
      await waiting
      const idle = spool.waitBeyond(1, stop.signal)
      stop.abort()
      await idle
      await spool.close()
    })

    test('a lease survives; so does the epoch', async () => {
      using where = place()
      const spool = await where.open()
      expect(spool.lease).toBeUndefined()
      await spool.setLease('lease-1')
      await spool.close()
      const again = await where.open()
      expect([again.epoch, again.lease]).toEqual([spool.epoch, 'lease-1'])
      await again.close()
    })

    test('close is safe to call twice, makes durable what was appended, and ends appending', async () => {
      using where = place()
      const spool = await where.open()
      const appended = spool.append([measurement(1)])
      await Promise.all([spool.close(), spool.close()])
      expect(await appended).toBe(1)
      await expect(spool.append([measurement(2)])).rejects.toMatchObject({ code: 'storage-broken' })
      const again = await where.open()
      expect(again.next).toBe(2)
      await again.close()
    })

    test('a second opening of the same place is refused', async () => {
      using where = place()
      const spool = await where.open()
      await expect(where.open()).rejects.toMatchObject({ code: 'conflict' })
      await spool.close()
      await (await where.open()).close()
    })

    test('too large a record is refused, and takes no number', async () => {
      using where = place()
      const spool = await where.open()
      const huge = { kind: 'scan', at: 1, codes: ['x'.repeat(40_000)], action: 'count' as const }
      await expect(spool.append([huge])).rejects.toMatchObject({ code: 'bad-input', retryable: false })
      expect(await spool.append([measurement(1)])).toBe(1)
      await spool.close()
    })

    test('full: measurements are thinned before they are dropped, the others stay, gaps say what went', async () => {
      using where = place()
      const spool = await where.open({ maxBytes: 4 * 1024 * 1024 })
      const rounds = 160
      for (let round = 0; round < rounds; round += 1) {
        await spool.append(
          Array.from({ length: 500 }, (_, n) => (n % 50 === 0 ? observation : measurement)(round * 500 + n)),
        )
        expect(spool.bytes).toBeLessThanOrEqual(4 * 1024 * 1024)
      }
      const records = [...(await readAll(spool)).values()]
      const kept = (kind: string) => records.filter((record) => record?.kind === kind)
      expect(kept('observation')).toHaveLength(rounds * 10)
      const lost = rounds * 490 - kept('measurement').length
      const gaps = kept('gap').map((gap) => gap as { count: number; class: string; reason: string })
      expect(lost).toBeGreaterThan(0)
      expect(gaps.reduce((sum, gap) => sum + gap.count, 0)).toBe(lost)
      expect(new Set(gaps.map((gap) => gap.class))).toEqual(new Set(['measurement']))
      expect(gaps[0]?.reason).toBe('thinned')
      await spool.close()
      const again = await where.open({ maxBytes: 4 * 1024 * 1024 })
      expect([...(await readAll(again)).values()]).toEqual(records)
      await again.close()
    })

    test('full of what may not go: new records are refused until something is acknowledged', async () => {
      using where = place()
      const spool = await where.open({ maxBytes: 4 * 1024 * 1024 })
      const device = { kind: 'device', at: 1, device: 'reader-1', state: 'down' as const, reason: 'x'.repeat(200) }
      const batch = Array.from({ length: 500 }, () => device)
      await expect(
        (async () => {
          for (let round = 0; round < 100; round += 1) await spool.append(batch)
        })(),
      ).rejects.toMatchObject({ code: 'storage-full', retryable: true })
      const before = spool.next
      await spool.acknowledge({ committed: before - 1, ranges: [] })
      expect(await spool.append(batch)).toBe(before)
      await spool.close()
    })

    test('declared lost to a server: in the spool once, and known for that server after a reopening', async () => {
      using where = place()
      const spool = await where.open()
      await spool.append([measurement(1)])
      expect(spool.lostTo).toBeUndefined()
      await spool.declareLost('server-2', [lost(1, 40)])
      await spool.declareLost('server-2', [lost(61, 70)])
      await spool.close()
      const again = await where.open()
      expect(again.lostTo).toEqual({ server: 'server-2', lost: { committed: 40, ranges: [[61, 70]] } })
      expect([...(await readAll(again)).values()]).toEqual([measurement(1), lost(1, 40), lost(61, 70)])
      await again.declareLost('server-3', [lost(1, 2)])
      expect(again.lostTo).toEqual({ server: 'server-3', lost: { committed: 2, ranges: [] } })
      await again.close()
    })

    test('declared lost while the spool is full: remembered, and in the spool once there is room', async () => {
      using where = place()
      const maxBytes = 4 * 1024 * 1024
      const spool = await where.open({ maxBytes })
      const device = { kind: 'device', at: 1, device: 'reader-1', state: 'down' } as const
      for (const records of [Array.from({ length: 500 }, () => device), [device]]) {
        while (await spool.append(records).catch(() => undefined)) {}
      }
      const end = spool.next
      await spool.declareLost('server-2', [lost(1, 40)])
      await spool.close()
      const again = await where.open({ maxBytes })
      expect([again.next, again.lostTo?.server]).toEqual([end, 'server-2'])
      await again.acknowledge({ committed: end - 1, ranges: [] })
      await again.append([device])
      await again.close()
      const freed = await where.open({ maxBytes })
      expect([...(await readAll(freed, end)).values()].filter((record) => record?.kind === 'gap')).toEqual([
        lost(1, 40),
      ])
      await freed.close()
    })
  })
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptInStep } from '../../../cloud/database/kept-in-step.ts'
import { follow } from '../../../cloud/journal/follow.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { Projection } from '../../../cloud/journal/projection.ts'
import { Fault } from '../../../shared/fault.ts'
import { fromGateway, never, numbered } from '../../support/journal-entries.ts'

/** A projection that remembers the offsets it applied, in memory and in a file that may fail. */
function remembering(options: {
  readonly isPoison?: (offset: number) => boolean
  readonly isUrgent?: (offset: number) => boolean
  readonly failsCommit?: () => boolean
}) {
  const { isPoison = () => false, isUrgent = () => false, failsCommit = () => false } = options
  let memory: number[] = []
  const file = { applied: [] as number[], offset: 0 }
  const told: number[] = []
  const kept = keptInStep<readonly number[]>({
    offset: 0,
    reload: () => {
      memory = [...file.applied]
    },
    fold: (entries) => {
      for (const { offset } of entries) {
        memory.push(offset)
        if (isPoison(offset)) throw new TypeError('cannot be applied')
      }
      return entries.map(({ offset }) => offset)
    },
    save: (_changes, offset) => {
      if (failsCommit()) throw new Fault('storage-full', 'The disk is full.', { retryable: true })
      file.applied = [...memory]
      file.offset = offset
    },
    tell: (offsets) => told.push(...offsets),
    mayWait: (offsets) => !offsets.some(isUrgent),
  })
  const projection: Projection = {
    name: 'remembering',
    get offset() {
      return kept.offset
    },
    apply: kept.apply,
    skip: kept.skip,
    close: async () => {},
  }
  return { projection, file, told, flush: kept.flush }
}

const entries = (count: number) => numbered(Array.from({ length: count }, () => fromGateway([])))

describe('what nobody is told of', () => {
  test('waits in memory, and is written with what somebody is told of', async () => {
    const { projection, file, told } = remembering({ isUrgent: (offset) => offset === 3 })
    const [one, two, three] = entries(3)
    await projection.apply([one, two] as JournalEntry[], never)
    expect([projection.offset, file.offset]).toEqual([2, 0])
    await projection.apply([three] as JournalEntry[], never)
    expect([projection.offset, file.offset, file.applied, told]).toEqual([3, 3, [1, 2, 3], [3]])
  })

  test('is written before the file is closed', async () => {
    const { projection, file, flush } = remembering({})
    await projection.apply(entries(2), never)
    flush()
    flush()
    expect(file).toEqual({ applied: [1, 2], offset: 2 })
  })

  test('goes back with the memory when an entry cannot be applied', async () => {
    const { projection, file } = remembering({ isPoison: (offset) => offset === 3 })
    await projection.apply(entries(2), never)
    await expect(projection.apply(entries(3).slice(2), never)).rejects.toThrow('cannot be applied')
    expect([projection.offset, file.offset]).toEqual([0, 0])
  })
})

test('whatever waits, cannot be applied, or fails to commit: each entry once, poison set aside, nothing skipped', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(fc.constantFrom('calm', 'calm', 'calm', 'urgent', 'poison'), { minLength: 1, maxLength: 40 })
        // Twenty in a row are held for a broken projection, which stands still (follow.test.ts).
        .filter((kinds) => kinds.filter((kind) => kind === 'poison').length < 10),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.constantFrom(false, false, true), { maxLength: 30 }),
      async (kinds, atATime, someFail) => {
        const failures = [...someFail]
        const all = entries(kinds.length)
        const is = (kind: string) => (offset: number) => kinds[offset - 1] === kind
        const { projection, file, flush } = remembering({
          isPoison: is('poison'),
          isUrgent: is('urgent'),
          failsCommit: () => failures.pop() === true,
        })
        const end = new AbortController()
        const setAside: number[] = []
        const journal = {
          tail: all.length,
          read: async (after: number) => all.slice(after, after + atATime),
          waitBeyond: async (after: number) => {
            if (after >= all.length) end.abort()
          },
        }
        await follow(journal, projection, {
          signal: end.signal,
          clock: { now: () => 0, monotonicMs: () => 0 },
          random: () => 0,
          onSetAside: ({ offset }) => void setAside.push(offset),
        }).done
        failures.length = 0
        flush()
        const offsets = all.map(({ offset }) => offset)
        expect(file.applied).toEqual(offsets.filter((offset) => !is('poison')(offset)))
        expect([...new Set(setAside)]).toEqual(offsets.filter(is('poison')))
      },
    ),
    { numRuns: 200 },
  )
})

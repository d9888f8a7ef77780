import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { keptLogSchema, keptSchema, openKept } from '../../../cloud/database/kept.ts'
import { openDatabase, transaction } from '../../../cloud/database/open.ts'

const migrations = [keptSchema('word'), keptLogSchema('word')]
/** So long that the log outgrows the table after a few commits. */
const Word = z.object({ text: z.string(), heardAt: z.number() })

test('whatever is put, noted and removed, through commits, failures and emptied logs: the file says the same', () => {
  const act = fc.record({
    key: fc.constantFrom('a', 'b', 'c', '__proto__', ''),
    does: fc.constantFrom('put', 'put', 'note', 'touch', 'remove'),
    size: fc.constantFrom(1, 100, 100_000),
  })
  const commit = fc.record({ acts: fc.array(act, { maxLength: 6 }), fails: fc.boolean() })
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 20 }), (commits) => {
      const database = openDatabase({ path: ':memory:', migrations, durability: 'normal' })
      const kept = openKept(database, 'word', Word, 'heardAt')
      for (const { acts, fails } of commits) {
        for (const [index, { key, does, size }] of acts.entries()) {
          const known = kept.get(key)
          if (does === 'put') kept.put(key, { text: `${index}`.repeat(size), heardAt: index })
          else if (does === 'remove') kept.remove(key)
          else if (known !== undefined && does === 'touch') {
            known.heardAt += 1
            kept.touch(key, known)
          } else if (known !== undefined) {
            known.text += '!'
            kept.note(key)
          }
        }
        const before = new Map(
          [...openKept(database, 'word', Word, 'heardAt').all].map(([key, value]) => [key, { ...value }]),
        )
        try {
          transaction(database, () => {
            kept.save()
            if (fails) throw new Error('no')
          })
          kept.saved()
        } catch {
          kept.load()
          expect(kept.all).toEqual(before)
        }
        expect(openKept(database, 'word', Word, 'heardAt').all).toEqual(kept.all)
      }
    }),
    { numRuns: 150 },
  )
})

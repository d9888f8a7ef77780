import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isSilenced,
  type Life,
  type LifeEvent,
  type LifeState,
  lifeEvents,
  next,
  rings,
  unraised,
} from '../../../cloud/alerts/life-cycle.ts'

const table: readonly (readonly [LifeState, LifeEvent, LifeState])[] = [
  ['normal', 'raise', 'active'],
  ['normal', 'clear', 'normal'],
  ['normal', 'acknowledge', 'normal'],
  ['normal', 'dismiss', 'normal'],
  ['normal', 'shelve', 'normal'],
  ['active', 'raise', 'active'],
  ['active', 'clear', 'cleared'],
  ['active', 'acknowledge', 'acknowledged'],
  ['active', 'dismiss', 'normal'],
  ['active', 're-alarm', 'active'],
  ['acknowledged', 'raise', 'acknowledged'],
  ['acknowledged', 'clear', 'normal'],
  ['acknowledged', 'acknowledge', 'acknowledged'],
  ['acknowledged', 'dismiss', 'normal'],
  ['acknowledged', 're-alarm', 'active'],
  ['cleared', 'raise', 'active'],
  ['cleared', 'clear', 'cleared'],
  ['cleared', 'acknowledge', 'normal'],
  ['cleared', 'dismiss', 'normal'],
  ['cleared', 're-alarm', 'cleared'],
]

describe('nothing silences it', () => {
  for (const [state, event, after] of table) {
    const life: Life = { ...unraised, state, isTrue: state === 'active' || state === 'acknowledged' }
    test(`${state}, ${event} → ${after}`, () => expect(next(life, event).state).toBe(after))
  }
})

/** A walk through the life from `normal`: what stands at the end, and how often it rang on the way. */
function walk(events: readonly LifeEvent[], isLatching = false): string {
  let life: Life = { ...unraised, isLatching }
  let rang = 0
  for (const event of events) {
    const after = next(life, event)
    if (rings(life, after)) rang += 1
    life = after
  }
  return `${life.state}${isSilenced(life) ? ' silenced' : ''}, rang ${rang}`
}

describe('shelved, suppressed, out of service, latching', () => {
  for (const [name, events, expected] of [
    ['a shelved alert is silent', ['raise', 'shelve', 'clear', 'raise'], 'active silenced, rang 1'],
    ['and rings at the end if it still holds', ['raise', 'acknowledge', 'shelve', 'unshelve'], 'active, rang 2'],
    ['or is over if it went meanwhile', ['raise', 'shelve', 'clear', 'unshelve'], 'normal, rang 1'],
    ['one shot: until it clears', ['raise', 'shelve-once', 'clear'], 'normal, rang 1'],
    ['one shot: the next time it rings', ['raise', 'shelve-once', 'clear', 'raise'], 'active, rang 2'],
    ['maintenance, over before the end', ['raise', 'suppress', 'clear', 'put-back'], 'normal, rang 1'],
    ['maintenance, still so at the end', ['raise', 'suppress', 'put-back'], 'active, rang 2'],
    ['shelved as well: the window ends first', ['raise', 'shelve', 'suppress', 'put-back'], 'active silenced, rang 1'],
    ['out of service', ['raise', 'take-out', 'clear', 'raise', 'put-back'], 'active, rang 2'],
    [
      'acknowledged while silent, then gone: kept until the silence ends',
      ['raise', 'shelve', 'acknowledge', 'clear'],
      'cleared silenced, rang 1',
    ],
  ] as const) {
    test(name, () => expect(walk(events)).toBe(expected))
  }
  test('a latching alert stands until somebody ends it', () => {
    expect(walk(['raise', 'clear'], true)).toBe('active, rang 1')
    expect(walk(['raise', 'clear', 'acknowledge'], true)).toBe('acknowledged, rang 1')
    expect(walk(['raise', 'clear', 'acknowledge', 'raise'], true)).toBe('active, rang 2')
    expect(walk(['raise', 'clear', 'dismiss'], true)).toBe('normal, rang 1')
    expect(walk(['raise', 'shelve-once', 'clear'], true)).toBe('active, rang 2')
  })
})

/**
 * The reference, written as ISA-18.2 draws it and not as the code does: letters for what an operator sees (N normal,
 * U unacknowledged, K acknowledged, R returned unacknowledged; u, k the same of a latched alert whose condition went).
 * The first row is for one that may ring, the second for a silenced one. A dot: nothing happens.
 */
const letters = 'NUKRuk'
const reference: Readonly<
  Record<'raise' | 'clear' | 'acknowledge' | 'dismiss' | 're-alarm', readonly [string, string]>
> = {
  raise: ['U..UUU', '...UUU'],
  clear: ['.RN...', '.RR...'],
  acknowledge: ['.K.Nk.', '.K..k.'],
  dismiss: ['.NNNNN', '.NNNNN'],
  're-alarm': ['..U...', '......'],
}
/** The same of a latching alert, where it differs. */
const latchingClear = '.uk...'
/** What becomes of it when the last silence ends. */
const returned = { plain: 'NUUN..', latching: 'NUU.uu' }

function referenceWalk(events: readonly LifeEvent[], isLatching: boolean): readonly [string, string, string] {
  let [seen, shelf, plan] = ['N', '-', '-']
  const move = (row: string) => {
    const to = row[letters.indexOf(seen)] ?? '.'
    if (to !== '.') seen = to
    if (seen === 'N') [shelf, plan] = ['-', '-']
  }
  const release = (was: 'shelf' | 'plan') => {
    const had = was === 'shelf' ? shelf : plan
    if (was === 'shelf') shelf = '-'
    else plan = '-'
    if (had !== '-' && shelf === '-' && plan === '-') move(isLatching ? returned.latching : returned.plain)
  }
  for (const event of events) {
    const holds = 'UK'.includes(seen)
    if (seen === 'N' && event !== 'raise') continue
    if (event === 'shelve') shelf = 'T'
    else if (event === 'shelve-once') shelf = holds ? '1' : shelf
    else if (event === 'suppress') plan = 'S'
    else if (event === 'take-out') plan = 'O'
    else if (event === 'unshelve') release('shelf')
    else if (event === 'put-back') release('plan')
    else {
      const row = reference[event][shelf === '-' && plan === '-' ? 0 : 1]
      move(event === 'clear' && isLatching ? latchingClear : row)
      if (event === 'clear' && holds && shelf === '1') release('shelf')
    }
  }
  return [seen, shelf, plan]
}

function lettersOf(life: Life): readonly [string, string, string] {
  const latched = life.isLatching && !life.isTrue
  const seen = { normal: 'N', active: latched ? 'u' : 'U', acknowledged: latched ? 'k' : 'K', cleared: 'R' }[life.state]
  return [
    seen,
    { none: '-', timed: 'T', once: '1' }[life.shelf],
    { none: '-', suppressed: 'S', 'out-of-service': 'O' }[life.plan],
  ]
}

test('100,000 random lives go as the reference says', () => {
  const anyEvents = fc.array(fc.constantFrom(...lifeEvents), { maxLength: 24 })
  fc.assert(
    fc.property(anyEvents, fc.boolean(), (events, isLatching) => {
      const life = events.reduce<Life>(next, { ...unraised, isLatching })
      const [is, should] = [lettersOf(life).join(), referenceWalk(events, isLatching).join()]
      if (is !== should) throw new Error(`${events.join(' ')}: ${is}, not ${should}`)
    }),
    { numRuns: 100_000 },
  )
})

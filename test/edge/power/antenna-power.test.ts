import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AntennaPower,
  nothingWanted,
  ordered,
  passed,
  refusalOf,
  refusedByReader,
  resumed,
  wantedOf,
} from '../../../edge/power/antenna-power.ts'
import type { PowerOrder } from '../../../shared/reader-power.ts'

const levels = [10, 15, 20, 25, 30]
const order = (keptDbm: number | null, trial?: PowerOrder['trial']): PowerOrder => ({
  ...{ reader: 'dock-1', antenna: 1, keptDbm },
  ...(trial && { trial }),
})
const trial = (askedAt: number, dbm = 25) => ({ askedAt, dbm, seconds: 30 })

type Event =
  | readonly ['told', PowerOrder | undefined]
  | readonly ['told while the reader is away', PowerOrder]
  | readonly ['time', number]
  | readonly ['restart', PowerOrder]
  | readonly ['refused', string]

/** What comes of these, one after the other: dBm, who says so, how the trial stands, what is wrong with what is kept. */
function after(events: readonly Event[]) {
  let power: AntennaPower = nothingWanted
  let nowMs = 1_000
  for (const [what, value] of events) {
    if (what === 'told') power = ordered(power, value, levels, nowMs)
    else if (what === 'told while the reader is away') power = ordered(power, value, undefined, nowMs)
    else if (what === 'restart') power = resumed(value)
    else if (what === 'refused') power = refusedByReader(power, value)
    else {
      nowMs += value
      power = passed(power, nowMs)
    }
  }
  const { dbm, from } = wantedOf(power, levels) ?? {}
  const { trial: tried } = power
  const reason = tried?.state === 'refused' ? `: ${tried.reason}` : ''
  return [dbm, from, tried && `${tried.state}${reason}`, refusalOf(power, levels)]
}

describe('the power of an antenna', () => {
  for (const [name, events, expected] of [
    ['nobody wants anything', [], [undefined, undefined, undefined, undefined]],
    ['kept on the board', [['told', order(20)]], [20, 'board', undefined, undefined]],
    [
      'given back to the file',
      [
        ['told', order(20)],
        ['told', undefined],
      ],
      [undefined, undefined, undefined, undefined],
    ],
    ['tried over what is kept', [['told', order(20, trial(1))]], [25, 'trial', 'running', undefined]],
    [
      'a trial, a moment before its end',
      [
        ['told', order(20, trial(1))],
        ['time', 29_999],
      ],
      [25, 'trial', 'running', undefined],
    ],
    [
      'a trial at its end',
      [
        ['told', order(20, trial(1))],
        ['time', 30_000],
      ],
      [20, 'board', 'over', undefined],
    ],
    [
      'a trial over the file ends there',
      [
        ['told', order(null, trial(1))],
        ['time', 30_000],
      ],
      [undefined, undefined, 'over', undefined],
    ],
    [
      'told again it goes on, and ends when it would have',
      [
        ['told', order(20, trial(1))],
        ['time', 20_000],
        ['told', order(20, trial(1))],
        ['time', 10_000],
      ],
      [20, 'board', 'over', undefined],
    ],
    [
      'told again after its end it is not begun again',
      [
        ['told', order(20, trial(1))],
        ['time', 30_000],
        ['told', order(20, trial(1))],
      ],
      [20, 'board', 'over', undefined],
    ],
    [
      'back',
      [
        ['told', order(20, trial(1))],
        ['told', order(20)],
      ],
      [20, 'board', 'over', undefined],
    ],
    [
      'kept while it runs',
      [
        ['told', order(20, trial(1))],
        ['told', order(25)],
      ],
      [25, 'board', 'over', undefined],
    ],
    [
      'another one in its place',
      [
        ['told', order(20, trial(1))],
        ['time', 20_000],
        ['told', order(20, trial(2, 30))],
        ['time', 10_000],
      ],
      [30, 'trial', 'running', undefined],
    ],
    [
      'a restart',
      [
        ['told', order(20, trial(1))],
        ['restart', order(20, trial(1))],
      ],
      [20, 'board', 'over', undefined],
    ],
    [
      'told again after a restart',
      [
        ['restart', order(20, trial(1))],
        ['told', order(20, trial(1))],
      ],
      [20, 'board', 'over', undefined],
    ],
    [
      'a level that the reader does not have',
      [['told', order(20, trial(1, 22))]],
      [20, 'board', 'refused: the reader takes 10 to 30 dBm in steps of 5, not 22', undefined],
    ],
    [
      'kept and no level of the reader',
      [['told', order(31)]],
      [undefined, undefined, undefined, 'the reader takes 10 to 30 dBm in steps of 5, not 31'],
    ],
    [
      'tried while the reader is away',
      [['told while the reader is away', order(20, trial(1))]],
      [20, 'board', 'refused: the reader is not connected', undefined],
    ],
    [
      'kept while the reader is away',
      [['told while the reader is away', order(20)]],
      [20, 'board', undefined, undefined],
    ],
    [
      'the reader refuses a trial',
      [
        ['told', order(20, trial(1))],
        ['refused', 'no'],
      ],
      [20, 'board', 'refused: no', undefined],
    ],
    [
      'the reader refuses what is kept',
      [
        ['told', order(20)],
        ['refused', 'no'],
      ],
      [undefined, undefined, undefined, 'no'],
    ],
    [
      'another one is kept after that',
      [
        ['told', order(20)],
        ['refused', 'no'],
        ['told', order(15)],
      ],
      [15, 'board', undefined, undefined],
    ],
  ] as const satisfies readonly (readonly [string, readonly Event[], readonly unknown[]])[]) {
    test(name, () => expect(after(events)).toEqual(expected))
  }

  test('a reader without levels says so', () => {
    const power = ordered(nothingWanted, order(null, trial(1)), [], 0)
    expect(power.trial).toMatchObject({ state: 'refused', reason: 'the reader does not take its power from here' })
    expect(wantedOf(power, [])).toBeUndefined()
  })
})

test('whatever is told, cut, refused or started anew: after the longest trial the power is the one that is kept', () => {
  const dbm = fc.constantFrom(...levels, 22)
  const asked = fc.record({
    reader: fc.constant('dock-1'),
    antenna: fc.constant(1),
    keptDbm: fc.option(dbm),
    trial: fc.option(fc.record({ askedAt: fc.nat(5), dbm, seconds: fc.integer({ min: 5, max: 120 }) }), {
      nil: undefined,
    }),
  })
  const event = fc.oneof(
    fc.tuple(fc.constant('told' as const), fc.option(asked, { nil: undefined })),
    fc.tuple(fc.constant('told while the reader is away' as const), asked),
    fc.tuple(fc.constant('time' as const), fc.nat(40_000)),
    fc.tuple(fc.constant('restart' as const), asked),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const newest = events.findLast(([what]) => what !== 'time')?.[1] as PowerOrder | undefined
      const kept = newest?.keptDbm ?? undefined
      const [dbmAfter, from, state] = after([...(events as Event[]), ['time', 120_000]])
      expect(dbmAfter).toBe(kept !== undefined && levels.includes(kept) ? kept : undefined)
      expect(from).not.toBe('trial')
      expect(state).not.toBe('running')
    }),
  )
})

import { describe, expect, test } from 'vitest'
import type { KeptClock } from '../../../edge/clock/kept.ts'
import { stampOf } from '../../../edge/clock/stamp.ts'
import { type GatewayClock, gatewayClock } from '../../../edge/gateway-clock.ts'
import { type ClockFinding, isKind } from '../../../shared/record.ts'
import { quietLog } from '../../support/edge.ts'

/**
 * Days in the life of a gateway. The truth goes by; the wall clock says something else; now and then the server is
 * reached. At the end stamps are set right as the cloud does it: by the last `clock` record of their boot.
 */
const t0 = Date.UTC(2026, 10, 23, 8)
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

interface Day {
  pass(ms: number): void
  /** Stamps one record, here and now. */
  read(name: string): void
  /** Somebody sets the wall clock: so far from the truth, ms. */
  set(errorMs: number): void
  hello(roundTripMs?: number): Promise<void>
  /** The program ends, in an orderly way or not, and starts again later. */
  restart(options: { offMs: number; reboot?: string; wallAt?: number; crashed?: boolean; wiped?: boolean }): void
  readonly clock: GatewayClock
}

async function live(script: (day: Day) => void | Promise<void>, errorMs = 0) {
  let truth = t0
  let error = errorMs
  let bootedAt = t0
  let boot = 'a'
  let kept: KeptClock | undefined
  const findings: ClockFinding[] = []
  const stamps: { name: string; truth: number; at: number; boot: string | undefined }[] = []
  const start = () =>
    gatewayClock({
      clock: { now: () => Math.floor(truth + error), monotonicMs: () => truth - bootedAt },
      boot,
      kept,
      queue: {
        push: (record) => {
          if (isKind(record, 'clock')) findings.push(record)
        },
        settled: () => Promise.resolve(),
      },
      log: quietLog(),
    })
  let clock = start()
  await script({
    pass(ms) {
      truth += ms
    },
    read(name) {
      const { at, boot: mark } = stampOf(clock)
      stamps.push({ name, truth, at, boot: mark })
    },
    set(to) {
      error = to
      clock.look()
    },
    async hello(roundTripMs = 20) {
      truth += roundTripMs
      clock.learn({ serverNow: truth - roundTripMs / 2, roundTripMs })
      await Promise.resolve() // the records are durable
    },
    restart({ offMs, reboot, wallAt, crashed = false, wiped = false }) {
      if (!crashed) kept = clock.keep()
      if (wiped) kept = undefined
      truth += offMs
      if (reboot !== undefined) {
        boot = reboot
        bootedAt = truth - 10 * second
      }
      if (wallAt !== undefined) error = wallAt - truth
      clock = start()
    },
    get clock() {
      return clock
    },
  })
  const offsets = new Map(findings.filter(({ synced }) => synced).map(({ boot, offsetMs }) => [boot, offsetMs]))
  return {
    clock,
    findings,
    /** By name: marked when stamped, and how wrong it is in the end, ms; undefined = waits for ever. */
    stamps: Object.fromEntries(
      stamps.map(({ name, truth, at, boot }) => {
        const right = boot === undefined ? at : at + (offsets.get(boot) ?? Number.NaN)
        return [name, { marked: boot !== undefined, wrongByMs: Math.round(right - truth) }]
      }),
    ),
  }
}

const from1970 = -t0 + 30 * second // the wall clock begins half a minute after the epoch

describe('stored event times end within 200 ms of the truth', () => {
  const rows: readonly (readonly [string, number, (day: Day) => void | Promise<void>, Record<string, boolean>])[] = [
    [
      'an ordinary day',
      0,
      async (day) => {
        day.read('before')
        await day.hello()
        day.pass(hour)
        day.read('after')
      },
      { before: false, after: false },
    ],
    [
      'boots in 1970, NTP after five minutes, the cloud after ten',
      from1970,
      async (day) => {
        day.read('first')
        day.pass(5 * minute)
        day.read('before NTP')
        day.set(0)
        day.read('after NTP')
        day.pass(5 * minute)
        await day.hello()
        day.read('after the cloud')
      },
      { first: true, 'before NTP': true, 'after NTP': true, 'after the cloud': false },
    ],
    [
      'boots in 1970, the cloud first, NTP never',
      from1970,
      async (day) => {
        day.read('first')
        day.pass(minute)
        await day.hello()
        day.read('after the cloud')
        day.pass(hour)
        day.read('an hour later')
      },
      { first: true, 'after the cloud': false, 'an hour later': false },
    ],
    [
      'live, back by ten years, found again, then set right',
      0,
      async (day) => {
        await day.hello()
        day.pass(hour)
        day.read('before')
        day.set(-10 * year)
        day.read('jumped')
        await day.hello()
        day.read('found')
        day.pass(hour)
        day.set(0)
        day.read('set right')
        await day.hello()
        day.read('found again')
      },
      { before: false, jumped: true, found: false, 'set right': true, 'found again': false },
    ],
    [
      'live, ahead by two years while the cloud is away',
      0,
      async (day) => {
        await day.hello()
        day.pass(hour)
        day.set(2 * year)
        day.read('jumped')
        day.pass(day8h)
        day.read('hours later')
        await day.hello()
        day.read('found')
      },
      { jumped: true, 'hours later': true, found: false },
    ],
    [
      'jumps twice with no cloud since the boot',
      0,
      async (day) => {
        day.read('no sign of trouble')
        day.pass(minute)
        day.set(3 * hour)
        day.read('first jump')
        day.pass(minute)
        day.set(-7 * day24h)
        day.read('second jump')
        await day.hello(300)
      },
      { 'no sign of trouble': false, 'first jump': true, 'second jump': true },
    ],
    [
      'the program is killed and starts again while the clock is wrong',
      from1970,
      async (day) => {
        day.read('first life')
        day.restart({ offMs: 0 })
        day.pass(minute)
        day.restart({ offMs: 40 * second, crashed: true })
        day.read('second life')
        await day.hello()
      },
      { 'first life': true, 'second life': true },
    ],
    [
      'the clock is set right while the program is not running',
      from1970,
      async (day) => {
        day.read('first life')
        day.restart({ offMs: 30 * second, wallAt: t0 + 30 * second })
        day.read('second life')
        await day.hello()
      },
      { 'first life': true, 'second life': true },
    ],
    [
      'a battery-backed clock that is three hours slow, through a power cut of an hour',
      0,
      async (day) => {
        await day.hello()
        day.restart({ offMs: hour, reboot: 'b', wallAt: t0 + hour - 3 * hour })
        day.read('slow')
        day.pass(hour)
        day.restart({ offMs: hour, reboot: 'c' })
        day.read('slow still')
        await day.hello()
      },
      { slow: true, 'slow still': true },
    ],
    [
      'off for longer than a clock is believed to run',
      0,
      async (day) => {
        await day.hello()
        day.restart({ offMs: minute, reboot: 'b', wallAt: t0 + year })
        day.read('a year ahead')
        await day.hello()
        day.read('found')
      },
      { 'a year ahead': true, found: false },
    ],
    [
      'an hour of stamps in which small corrections add up',
      0,
      async (day) => {
        await day.hello()
        for (let n = 1; n <= 3; n++) {
          day.pass(minute)
          day.set(n * 50)
        }
        day.read('corrected')
      },
      { corrected: false },
    ],
  ]
  const day8h = 8 * hour
  const day24h = day
  test.each(rows)('%s', async (_name, errorMs, script, marked) => {
    const { stamps } = await live(script, errorMs)
    expect(Object.fromEntries(Object.entries(stamps).map(([name, stamp]) => [name, stamp.marked]))).toEqual(marked)
    for (const [name, { wrongByMs }] of Object.entries(stamps)) {
      expect(Math.abs(wrongByMs), `${name} is wrong by ${wrongByMs} ms`).toBeLessThanOrEqual(200)
    }
  })
})

describe('boots that ended without the cloud', () => {
  test('nobody counted the time without power: dated as late as possible, and bounded', async () => {
    const { stamps, findings } = await live(async (day) => {
      await day.hello()
      day.pass(hour)
      day.restart({ offMs: 10 * minute, reboot: 'b', wallAt: 30_000 })
      day.read('b')
      day.pass(hour)
      day.restart({ offMs: 20 * minute, reboot: 'c', wallAt: 30_000 })
      day.read('c')
      day.pass(hour)
      day.restart({ offMs: 5 * minute, reboot: 'd', wallAt: 30_000 })
      day.pass(minute)
      await day.hello()
    })
    // c lost the last 5 minutes, b those and 20 more.
    expect(stamps).toMatchObject({
      c: { marked: true, wrongByMs: 5 * minute },
      b: { marked: true, wrongByMs: 25 * minute },
    })
    const told = findings.filter(({ estimated }) => estimated)
    expect(told.map(({ boot }) => boot)).toEqual(['b', 'c'])
    // The truth lies within the bound.
    expect(told[0]?.uncertaintyMs).toBeCloseTo(35 * minute, -3)
    expect(told[1]?.uncertaintyMs).toBeGreaterThanOrEqual(5 * minute)
    expect(findings.at(-1)).toMatchObject({ boot: 'd', synced: true })
  })

  test('what was told is not told again after the next start', async () => {
    const { findings } = await live(async (day) => {
      day.restart({ offMs: minute, reboot: 'b', wallAt: 30_000 })
      await day.hello()
      await Promise.resolve()
      day.restart({ offMs: minute })
      await day.hello()
    }, from1970)
    expect(findings.map(({ boot, synced }) => [boot, synced])).toEqual([
      ['a', true],
      ['b', true],
      ['b', true], // of this start: the offset of its own boot, measured anew
    ])
  })

  test('without its file a gateway still knows 1970 when it sees it', async () => {
    const { stamps } = await live(async (day) => {
      day.restart({ offMs: minute, reboot: 'b', wallAt: 5_000, wiped: true })
      day.read('b')
      await day.hello()
    })
    expect(stamps['b']).toEqual({ marked: true, wrongByMs: 0 })
  })
})

test('a thousand reads in one millisecond keep that millisecond', async () => {
  const { stamps } = await live((day) => {
    for (let n = 0; n < 1000; n++) day.read(String(n))
  })
  expect(Object.values(stamps).every(({ marked, wrongByMs }) => !marked && wrongByMs === 0)).toBe(true)
})

test('clock records: the first of a boot, a jump, and what it came to; not the same again', async () => {
  const { findings } = await live(async (day) => {
    await day.hello()
    day.pass(hour)
    await day.hello()
    day.set(hour)
    await day.hello()
    await day.hello()
  })
  expect(findings.map(({ boot, offsetMs, synced }) => [boot, offsetMs, synced])).toEqual([
    ['a', 0, true],
    ['a', hour, false],
    ['a', 0, true],
  ])
})

test('the server is asked again once an hour, sooner after an inexact answer, at once after a jump', async () => {
  const due: Record<string, boolean> = {}
  await live(async (day) => {
    due['the first hello asks anyway'] = day.clock.isDue()
    await day.hello(3000)
    day.pass(9 * minute)
    due['9 minutes after an answer that took 3 s'] = day.clock.isDue()
    day.pass(minute)
    due['10 minutes after it'] = day.clock.isDue()
    await day.hello()
    day.pass(59 * minute)
    due['59 minutes after an exact one'] = day.clock.isDue()
    day.pass(minute)
    due['an hour after it'] = day.clock.isDue()
    await day.hello()
    day.pass(10 * second)
    day.set(minute)
    due['after a jump'] = day.clock.isDue()
  })
  expect(due).toEqual({
    'the first hello asks anyway': false,
    '9 minutes after an answer that took 3 s': false,
    '10 minutes after it': true,
    '59 minutes after an exact one': false,
    'an hour after it': true,
    'after a jump': true,
  })
})

test('an answer that took long does not replace a better one that still holds', async () => {
  const { clock } = await live(async (day) => {
    await day.hello(20)
    day.pass(minute)
    day.set(3 * hour)
    await day.hello(20)
    day.clock.learn({ serverNow: t0 + minute, roundTripMs: 4000 }) // its middle would be two seconds off
  })
  expect(clock.wallErrorMs).toBeCloseTo(3 * hour, -2)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ackTimeoutMs,
  decide,
  defaultSettings,
  startUplink,
  type UplinkAction,
  type UplinkEvent,
  type UplinkSettings,
  type UplinkState,
} from '../../../edge/uplink/decide.ts'
import { close, type Intervals, isClosed, missing, nothingClosed } from '../../../shared/intervals.ts'

const settings: UplinkSettings = { ...defaultSettings, window: 4, batchRecords: 100 }
const server = 'server-1'

function closedTo(committed: number, ...ranges: (readonly [number, number])[]): Intervals {
  return { committed, ranges }
}

/** Feeds events and answers every `send` as done at once; returns what else was decided, sends included. */
function play(state: UplinkState, events: readonly UplinkEvent[], with_ = settings) {
  const log: UplinkAction[] = []
  let current = state
  const queue = [...events]
  while (queue.length > 0) {
    const event = queue.shift()
    if (event === undefined) break
    const decision = decide(current, event, with_)
    current = decision.state
    log.push(...decision.actions)
    for (const action of decision.actions) {
      const at = 'at' in event ? event.at : 0
      if (action.type === 'send') queue.unshift({ type: 'sent', at, run: [action.from, action.to] })
      if (action.type === 'storeLease') queue.unshift({ type: 'leaseStored', at })
    }
  }
  return { state: current, log, sends: log.flatMap((a) => (a.type === 'send' ? [[a.from, a.to]] : [])) }
}

function streaming(next: number, closed = nothingClosed, first = 1, with_ = settings) {
  return play(
    startUplink(with_),
    [
      { type: 'connected', at: 0, first, next },
      { type: 'ack', at: 1, closed, server, lease: 'l' },
    ],
    with_,
  )
}

describe('at the start', () => {
  test('hello first, and nothing else before its answer', () => {
    const { log } = play(startUplink(settings), [
      { type: 'connected', at: 0, first: 1, next: 50 },
      { type: 'records', at: 1, first: 1, next: 60 },
      { type: 'ack', at: 2, closed: nothingClosed, server }, // no lease: not the answer
      { type: 'tick', at: 3, heardAt: 3 },
    ])
    expect(log).toEqual([{ type: 'hello' }])
  })

  test('no batch before the lease is stored', () => {
    const connected = decide(startUplink(settings), { type: 'connected', at: 0, first: 1, next: 50 }, settings)
    const answer = { type: 'ack', at: 1, closed: nothingClosed, server, lease: 'l' } as const
    const { state, actions } = decide(connected.state, answer, settings)
    expect(actions.map(({ type }) => type)).toEqual(['storeLease', 'acknowledge'])
    expect(decide(state, { type: 'leaseStored', at: 2 }, settings).actions).toEqual([{ type: 'send', from: 1, to: 49 }])
  })

  for (const [name, next, closed, first, expected] of [
    ['a little waits: in order', 60, nothingClosed, 1, [[1, 59]]],
    ['the server has part of it', 60, closedTo(20), 1, [[21, 59]]],
    ['the server knows less than we had acknowledged', 60, closedTo(5), 1, [[6, 59]]],
    [
      'ranges above the watermark are not sent again',
      160,
      closedTo(5, [10, 50]),
      1,
      [
        [6, 9],
        [51, 150],
        [151, 159],
      ],
    ],
    [
      'a backlog: as many batches as leave a slot for live ones',
      1001,
      nothingClosed,
      1,
      [
        [1, 100],
        [101, 200],
        [201, 300],
      ],
    ],
    ['nothing waits', 60, closedTo(59), 1, []],
  ] as const) {
    test(name, () => expect(streaming(next, closed, first).sends).toEqual(expected))
  }

  test('what a restored server lacks and we no longer have is declared, once', () => {
    const { state, log } = streaming(60, closedTo(5), 40)
    expect(log).toContainEqual({ type: 'declareLost', server, from: 6, to: 39 })
    const again = play(state, [
      { type: 'disconnected' },
      { type: 'connected', at: 9, first: 40, next: 61 },
      { type: 'ack', at: 10, closed: closedTo(5), server, lease: 'l2' },
    ])
    expect(again.log.filter(({ type }) => type === 'declareLost')).toEqual([])
    expect(again.sends).toEqual([[40, 60]])
  })

  for (const [name, lostTo, expected] of [
    ['to the same server: not again after a restart', { server, lost: closedTo(0, [6, 39]) }, []],
    [
      'in part: only the rest',
      { server, lost: closedTo(0, [6, 19]) },
      [{ type: 'declareLost', server, from: 20, to: 39 }],
    ],
    [
      'to another server: this one does not know it',
      { server: 'another', lost: closedTo(0, [6, 39]) },
      [{ type: 'declareLost', server, from: 6, to: 39 }],
    ],
  ] as const) {
    test(`declared lost before, ${name}`, () => {
      const { log } = play(startUplink(settings, lostTo), [
        { type: 'connected', at: 9, first: 40, next: 61 },
        { type: 'ack', at: 10, closed: closedTo(5), server, lease: 'l2' },
      ])
      expect(log.filter(({ type }) => type === 'declareLost')).toEqual(expected)
    })
  }
})

describe('streaming', () => {
  test('live records overtake a backlog, which drains beside them', () => {
    const { state } = streaming(10_001)
    const { sends } = play(state, [
      { type: 'records', at: 5, first: 1, next: 10_004 },
      { type: 'ack', at: 6, closed: closedTo(100, [10_001, 10_003]), server },
      { type: 'ack', at: 7, closed: closedTo(200, [10_001, 10_003]), server },
    ])
    expect(sends[0]).toEqual([10_001, 10_003])
    expect(sends.slice(1)).toEqual([
      [301, 400],
      [401, 500],
    ])
  })

  test('with all holes taken, the oldest goes first', () => {
    const ranges = Array.from({ length: 15 }, (_, i) => [1010 + i * 10, 1015 + i * 10] as const)
    expect(streaming(20_000, closedTo(1000, ...ranges)).sends[0]).toEqual([1001, 1009])
  })

  test('the backlog keeps to its pace', () => {
    const paced = { ...settings, drainRecordsPerSecond: 100 }
    const { state, sends } = streaming(10_001, nothingClosed, 1, paced)
    expect(sends).toEqual([[1, 100]])
    const ack = { type: 'ack', at: 10, closed: closedTo(100), server } as const
    const tick = (at: number): UplinkEvent => ({ type: 'tick', at, heardAt: at })
    expect(play(state, [ack], paced).sends).toEqual([[101, 200]])
    expect(play(state, [ack, tick(500)], paced).sends).toHaveLength(1)
    expect(play(state, [ack, tick(1100)], paced).sends).toHaveLength(2)
  })

  test('an ack of another server instance, or one that asks for it, brings a new hello', () => {
    const { state } = streaming(60)
    for (const ack of [
      { type: 'ack', at: 2000, closed: nothingClosed, server: 'server-2' },
      { type: 'ack', at: 2000, closed: nothingClosed, server, sayHello: true },
    ] as const) {
      expect(play(state, [ack]).log).toEqual([{ type: 'hello' }])
    }
    // Not at once after the last one: a clone would make a storm of it.
    const soon = play(state, [{ type: 'ack', at: 10, closed: nothingClosed, server, sayHello: true }])
    expect(soon.log).toEqual([])
    expect(play(soon.state, [{ type: 'tick', at: 1001, heardAt: 1001 }]).log).toEqual([{ type: 'hello' }])
  })

  test('a missed ack: everything again from the oldest hole, smaller, one at a time, twice as patient', () => {
    const { state } = streaming(10_001)
    const late = play(state, [{ type: 'tick', at: 2002, heardAt: 2002 }])
    expect(late.log[0]).toEqual({ type: 'missedAck', batches: 3 })
    expect(late.sends).toEqual([[1, 50]])
    expect(ackTimeoutMs(late.state, settings)).toBe(4000)
    const better = play(late.state, [{ type: 'ack', at: 2500, closed: closedTo(50), server }])
    expect(better.sends).toEqual([
      [51, 150],
      [151, 250],
      [251, 350],
    ])
  })

  for (const [reason, events] of [
    ['no-ack', [2002, 6003, 14_004, 30_005].map((at) => ({ type: 'tick', at, heardAt: at }) as const)],
    ['silent', [{ type: 'tick', at: 15_002, heardAt: 1 }]],
  ] as const) {
    test(`the link is taken down: ${reason}`, () => {
      expect(play(streaming(10).state, events).log.at(-1)).toEqual({ type: 'reconnect', reason })
    })
  }

  test('a hello without an answer is repeated', () => {
    const { log } = play(startUplink(settings), [
      { type: 'connected', at: 0, first: 1, next: 2 },
      { type: 'tick', at: 1999, heardAt: 1999 },
      { type: 'tick', at: 2000, heardAt: 2000 },
    ])
    expect(log).toEqual([{ type: 'hello' }, { type: 'hello' }])
  })

  test('and at last takes the link down', () => {
    const { log } = play(startUplink(settings), [
      { type: 'connected', at: 0, first: 1, next: 2 },
      { type: 'tick', at: 10_001, heardAt: 10_000 },
    ])
    expect(log.at(-1)).toEqual({ type: 'reconnect', reason: 'no-hello-answer' })
  })

  test('a refused batch is halved down to the one record, which is set aside', () => {
    let { state } = streaming(9)
    const sent: unknown[] = []
    for (const run of [
      [1, 8],
      [5, 8],
      [7, 8],
      [7, 7],
    ] as const) {
      const played = play(state, [{ type: 'refused', at: 5, run, reason: 'json' }])
      state = played.state
      sent.push(...played.sends, ...played.log.filter(({ type }) => type === 'setAside'))
    }
    expect(sent).toEqual([
      [1, 4],
      [5, 8],
      [5, 6],
      [7, 8],
      [7, 7],
      [8, 8],
      { type: 'setAside', sequence: 7, reason: 'json' },
    ])
  })
})

/** A server that keeps the contract, behind a network that loses, repeats, reorders and breaks. */
function worldOf(seed: readonly number[], poison: ReadonlySet<number>, total: number) {
  let at = 0
  let next = 1
  let journal = nothingClosed
  const taken = new Map<number, number>()
  const setAside: number[] = []
  let state = startUplink(settings)
  let wire: { from: number; to: number }[] = []
  let acks: UplinkEvent[] = []
  let step = 0
  const chance = () => (seed[step++ % seed.length] ?? 0) / 100

  function feed(event: UplinkEvent): void {
    const { state: after, actions } = decide(state, event, settings)
    state = after
    for (const action of actions) {
      if (action.type === 'send') {
        wire.push({ from: action.from, to: action.to })
        feed({ type: 'sent', at, run: [action.from, action.to] })
      } else if (action.type === 'storeLease') feed({ type: 'leaseStored', at })
      else if (action.type === 'hello') acks.push({ type: 'ack', at, closed: journal, server, lease: 'l' })
      else if (action.type === 'setAside') {
        setAside.push(action.sequence)
        journal = close(journal, action.sequence, action.sequence) // by its gap record
      } else if (action.type === 'reconnect') breakLink()
    }
  }
  function breakLink(): void {
    wire = []
    acks = []
    feed({ type: 'disconnected' })
  }
  function deliver(batch: { from: number; to: number }): void {
    const bad = [...poison].some((sequence) => sequence >= batch.from && sequence <= batch.to)
    if (bad) {
      acks.push({ type: 'refused', at, run: [batch.from, batch.to], reason: 'json' })
      return
    }
    for (const [from, to] of missing(journal, batch.from, batch.to)) {
      for (let sequence = from; sequence <= to; sequence += 1) taken.set(sequence, (taken.get(sequence) ?? 0) + 1)
    }
    const after = close(journal, batch.from, batch.to)
    if (after.ranges.length <= 16) journal = after
    else
      for (let sequence = batch.from; sequence <= batch.to; sequence += 1)
        if (!isClosed(journal, sequence)) taken.delete(sequence)
    acks.push({ type: 'ack', at, closed: journal, server })
  }
  /** One turn of the world; `hostile` = with faults. */
  function turn(hostile: boolean): void {
    at += 40
    if (next <= total) next = Math.min(total + 1, next + 1 + Math.floor(chance() * 60))
    if (state.phase === 'offline') feed({ type: 'connected', at, first: 1, next })
    else feed({ type: 'records', at, first: 1, next })
    if (hostile && chance() < 0.04) breakLink()
    const batch = hostile && chance() < 0.3 ? wire.pop() : wire.shift()
    if (batch !== undefined && !(hostile && chance() < 0.2)) {
      deliver(batch)
      if (hostile && chance() < 0.2) deliver(batch)
    }
    const ack = hostile && chance() < 0.3 ? acks.pop() : acks.shift()
    if (ack !== undefined && !(hostile && chance() < 0.15)) feed({ ...ack, at } as UplinkEvent)
    feed({ type: 'tick', at, heardAt: at })
  }
  return { turn, taken, setAside, isDone: () => next > total && missing(journal, 1, total).length === 0 }
}

test('asked for the time: hello again, not too soon, and what was in flight is sent again under the new lease', () => {
  const { state } = streaming(301)
  expect(play(state, [{ type: 'timeIsDue', at: 500 }]).log).toEqual([])
  const asked = play(state, [{ type: 'timeIsDue', at: 2000 }])
  expect(asked.log).toEqual([{ type: 'hello' }])
  expect(asked.state).toMatchObject({ phase: 'hello', unansweredSince: 2000 })
  expect(play(asked.state, [{ type: 'timeIsDue', at: 4000 }]).log).toEqual([])
  const answer: UplinkEvent = { type: 'ack', at: 2010, closed: closedTo(100), server, lease: 'l2' }
  expect(play(asked.state, [answer]).sends).toEqual([
    [101, 200],
    [201, 300],
  ])
})

test('whatever the network does, every record is closed, and taken exactly once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 20, maxLength: 200 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 1500 }), { maxLength: 3 }),
      (seed, bad) => {
        const poison = new Set(bad)
        const world = worldOf(seed, poison, 1500)
        for (let turn = 0; turn < 600; turn += 1) world.turn(true)
        for (let turn = 0; turn < 3000 && !world.isDone(); turn += 1) world.turn(false)
        expect(world.isDone()).toBe(true)
        expect(new Set(world.setAside)).toEqual(poison)
        expect(world.taken.size).toBe(1500 - poison.size)
        expect([...world.taken.values()].every((times) => times === 1)).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})

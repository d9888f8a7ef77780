import type { Clock } from '../shared/clock.ts'
import type { ClockFinding } from '../shared/record.ts'
import {
  basisMs,
  type ClockState,
  type Doubt,
  jumpMs,
  type Look,
  learn,
  lookAt,
  marks,
  settled,
  type Told,
  timeIsDue,
} from './clock/discipline.ts'
import { estimateEarlier, type KeptClock, keep, resume, type Started } from './clock/kept.ts'
import type { StampingClock } from './clock/stamp.ts'
import type { Log } from './log.ts'
import type { RecordQueue } from './record-queue.ts'

/** One exchange with the server about the time. */
export interface TimeExchange {
  readonly serverNow: number
  readonly roundTripMs: number
}

/** The clock of a gateway: stamps records, watches the machine's clock, learns from the server. */
export interface GatewayClock extends StampingClock {
  readonly boot: string
  readonly steps: number
  /** Stamps are right as far as anybody knows who was asked. */
  readonly isSynced: boolean
  /** Wall time minus what is believed, ms. */
  readonly wallErrorMs: number
  readonly doubt: Doubt | undefined
  /** Should the server be asked for its time? */
  isDue(): boolean
  /** An answer came just now. */
  learn(exchange: TimeExchange): void
  /** Looks for jumps while nothing is stamped. */
  look(): void
  /** What is to be remembered while the gateway is off. */
  keep(): KeptClock
}

export interface GatewayClockOptions {
  /** The machine's own. */
  readonly clock: Clock
  /** Id of this boot of the machine, in which `clock.monotonicMs` counts on from one start of the program to the next. */
  readonly boot: string
  readonly kept: KeptClock | undefined
  /** Takes the `clock` records. */
  readonly queue: Pick<RecordQueue, 'push' | 'settled'>
  readonly log: Log
}

/** Two readings further apart than this may have been torn apart by the scheduler, … */
const togetherMs = 20
/** … and on a machine that never gives us so much at once, any will do. */
const attempts = 10

export function gatewayClock({ clock, boot, kept, queue, log }: GatewayClockOptions): GatewayClock {
  const started = resume(kept, boot, lookTogether(clock))
  let { state, earlier } = started
  let steps = 0
  tellDoubt(undefined)

  function look(): number {
    let now = { wallAt: clock.now(), monotonicMs: clock.monotonicMs() }
    let looked = lookAt(state, now)
    if (looked.jumpedByMs !== 0) {
      now = lookTogether(clock)
      looked = lookAt(state, now)
    }
    const before = state
    state = looked.state
    if (looked.jumpedByMs !== 0) {
      noteStep(before)
      if (state.told !== undefined) tell(boot, state.told)
      log.warn(
        { jumpedByMs: Math.round(looked.jumpedByMs) },
        'the clock of this gateway was set; its stamps are marked',
      )
    }
    return now.monotonicMs
  }

  function noteStep(before: ClockState): void {
    const isStep = marks(before) !== marks(state) || Math.abs(basisMs(before) - basisMs(state)) > jumpMs
    if (isStep) steps += 1
  }

  function tell(ofBoot: string, { offsetMs, synced }: Told, more: Partial<ClockFinding> = {}): void {
    queue.push({ kind: 'clock', at: stampAt(clock.monotonicMs()), boot: ofBoot, offsetMs, synced, ...more })
  }

  function stampAt(monotonicMs: number): number {
    return Math.max(0, Math.round(monotonicMs + basisMs(state)))
  }

  function asStarted(): Started {
    return { ...started, state, earlier }
  }

  /** Boots before this one first, so that a reader of the journal hears of them in their order. */
  function tellAll(told: Told): void {
    const settling = earlier
    for (const { boot: ofBoot, offsetMs, uncertaintyMs } of estimateEarlier(asStarted(), told.offsetMs)) {
      const bound = uncertaintyMs === undefined ? {} : { uncertaintyMs }
      tell(ofBoot, { offsetMs, synced: true }, { estimated: true, ...bound })
    }
    tell(boot, told)
    // Until they are durable they are owed: told twice does no harm.
    queue.settled().then(() => {
      if (earlier === settling) earlier = []
      if (state.told === told) state = settled(state)
    })
  }

  function tellDoubt(before: Doubt | undefined): void {
    const { doubt } = state
    if (doubt === before) return
    const wall = new Date(state.wallMs + clock.monotonicMs()).toISOString()
    if (doubt === undefined) log.info({ wall }, 'the clock of this gateway agrees with the server')
    else log.warn({ doubt, wall, wallErrorMs: wallErrorMs() }, sentences[doubt])
  }

  function wallErrorMs(): number {
    return Math.round(state.wallMs - basisMs(state))
  }

  return {
    boot,
    now: () => stampAt(look()),
    monotonicMs: clock.monotonicMs,
    get unsyncedIn() {
      return marks(state) ? boot : undefined
    },
    get steps() {
      return steps
    },
    get isSynced() {
      return state.found !== undefined
    },
    get wallErrorMs() {
      return wallErrorMs()
    },
    get doubt() {
      return state.doubt
    },
    isDue: () => timeIsDue(state, look()),
    learn({ serverNow, roundTripMs }) {
      const answeredMs = look()
      const before = state
      const learnt = learn(state, { serverNow, roundTripMs, answeredMs })
      state = learnt.state
      noteStep(before)
      tellDoubt(before.doubt)
      if (learnt.tell !== undefined) tellAll(learnt.tell)
    },
    look() {
      look()
    },
    keep: () => keep(asStarted(), look()),
  }
}

const sentences = {
  'before-release':
    'the clock of this gateway has not been set; its stamps are marked until the server has told the time',
  behind:
    'the clock of this gateway is earlier than when it last ran; its stamps are marked until the server has told the time',
  'far-ahead':
    'the clock of this gateway is half a year ahead of when it last ran; its stamps are marked until the server has told the time',
  jumped: 'the clock of this gateway was set; its stamps are marked until the server has told the time',
  contradicted: 'the clock of this gateway is wrong; the time of the server is used. Is NTP running?',
} as const satisfies Readonly<Record<Doubt, string>>

/** Both clocks, read without a pause in between. */
function lookTogether(clock: Clock): Look {
  for (let attempt = 1; ; attempt++) {
    const beforeMs = clock.monotonicMs()
    const wallAt = clock.now()
    const monotonicMs = clock.monotonicMs()
    if (monotonicMs - beforeMs <= togetherMs || attempt === attempts) return { wallAt, monotonicMs }
  }
}

import type { GateSides } from '../../shared/gateway-document.ts'
import type { Passage } from '../../shared/record.ts'
import { markOf } from '../clock/stamp.ts'
import type { TagRead } from '../decoders/reading.ts'
import type { Side } from './read.ts'
import { type GateWatch, judgeDue, lastLookMs, takeGateRead, watchGate } from './watch.ts'

/** One gate with two sides, as the cloud described it, and what is going on there. */
interface Gate {
  readonly id: string
  readonly watch: GateWatch
  /** Event time of the newest read, and the gateway's monotonic time when it was taken: so the gate's time goes on. */
  newestAt: number
  takenAtMs: number
  /** Event time at which it was judged last. */
  judgedAt: number
  unsyncedIn: string | undefined
}

/** All gates of a gateway. Changed in place by the functions of this file. */
export interface Gates {
  /** As they were described; the very list, to see whether another one is in force. */
  sides: readonly GateSides[]
  readonly byPoint: Map<string, { readonly gate: Gate; readonly side: Side; readonly antenna: number }>
}

export function noGates(): Gates {
  return { sides: [], byPoint: new Map() }
}

/** Works by these gates from now on. What was going on at gates that stay as they were is forgotten with the rest. */
export function adoptGates(gates: Gates, sides: readonly GateSides[]): void {
  if (gates.sides === sides) return
  gates.sides = sides
  gates.byPoint.clear()
  for (const { id, outside, inside } of sides) {
    const gate: Gate = { id, watch: watchGate(), newestAt: 0, takenAtMs: 0, judgedAt: 0, unsyncedIn: undefined }
    const points = [
      ...outside.map((point) => [point, 'outside'] as const),
      ...inside.map((p) => [p, 'inside'] as const),
    ]
    for (const [antenna, [point, side]] of points.entries()) gates.byPoint.set(point, { gate, side, antenna })
  }
}

/**
 * Notes a read if its read point is one of a gate. What became due by the time of the read is decided first, so a replay
 * decides as the moment itself did. `nowMs`: monotonic.
 */
export function watchTag(
  gates: Gates,
  read: TagRead,
  readPoint: string,
  nowMs: number,
  emit: (passage: Passage) => void,
): void {
  const seen = gates.byPoint.get(readPoint)
  if (seen === undefined) return
  const { gate, side, antenna } = seen
  if (read.at >= gate.newestAt) {
    if (gate.newestAt > 0) judgeUpTo(gate, read.at, emit)
    gate.newestAt = read.at
    gate.takenAtMs = nowMs
  }
  gate.unsyncedIn = read.unsyncedIn
  takeGateRead(gate.watch, read.epc, { at: read.at, side, antenna, rssiDb: read.rssiDbm ?? levelUnknownDbm })
}
/** Judgement waits until so much of a gate's time has passed since the last one. */
const judgeEveryMs = 500
/** More silence than this is one silence: everything at the gate has been judged and forgotten by then. */
const longestSilenceMs = 30_000
/** Of a reader that tells no level all reads are as strong: sides and their order in time decide. */
const levelUnknownDbm = -60

/** Decides what is due. The time of a gate is that of its newest read and what has passed since. */
export function judgeGates(gates: Gates, nowMs: number, emit: (passage: Passage) => void): void {
  for (const gate of gatesIn(gates)) judgeUpTo(gate, gate.newestAt + (nowMs - gate.takenAtMs), emit)
}

/** No more reads will come on this line of time: what is open is decided by what is known, and then forgotten. */
export function endGates(gates: Gates, emit: (passage: Passage) => void): void {
  for (const gate of gatesIn(gates)) judgeUpTo(gate, gate.newestAt + lastLookMs + judgeEveryMs, emit)
  const { sides } = gates
  gates.sides = []
  adoptGates(gates, sides)
}

function gatesIn(gates: Gates): ReadonlySet<Gate> {
  return new Set([...gates.byPoint.values()].map(({ gate }) => gate))
}

function judgeUpTo(gate: Gate, now: number, emit: (passage: Passage) => void): void {
  if (gate.newestAt === 0) return
  gate.judgedAt = Math.max(gate.judgedAt, Math.floor((now - longestSilenceMs) / judgeEveryMs) * judgeEveryMs)
  while (gate.judgedAt + judgeEveryMs <= now) {
    gate.judgedAt += judgeEveryMs
    judge(gate, gate.judgedAt, emit)
  }
}

function judge({ id, watch, unsyncedIn }: Gate, now: number, emit: (passage: Passage) => void): void {
  judgeDue(watch, now, ({ epc, at, direction, confidence, count }) =>
    emit({
      kind: 'passage',
      at,
      readPoint: id,
      epc,
      direction,
      confidence: Number(confidence.toFixed(4)),
      count: Math.max(1, count),
      ...markOf(unsyncedIn),
    }),
  )
}

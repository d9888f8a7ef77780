import type { GatesOfGateway } from '../../shared/gateway-document.ts'
import type { Passage } from '../../shared/record.ts'
import { markOf } from '../clock/stamp.ts'
import type { InputReading, TagRead } from '../decoders/reading.ts'
import { type BeamWatch, judgeBeams, takeBeamChange, takeBeamRead, watchBeams } from './beam-watch.ts'
import type { GateRead, Side } from './read.ts'
import { type GateWatch, judgeDue, lastLookMs, type Passed, takeGateRead, watchGate } from './watch.ts'

/** One gate, as the cloud described it, and what is going on there: by its two sides, or by its light barriers. */
interface Gate {
  readonly id: string
  readonly watch:
    | { readonly by: 'sides'; readonly sides: GateWatch }
    | { readonly by: 'beams'; readonly beams: BeamWatch }
  /** Event time of the newest read, and the gateway's monotonic time when it was taken: so the gate's time goes on. */
  newestAt: number
  takenAtMs: number
  /** Event time at which it was judged last. */
  judgedAt: number
  unsyncedIn: string | undefined
}

/** All gates of a gateway. Changed in place by the functions of this file. */
export interface Gates {
  /** As they were described; the very object, to see whether another one is in force. */
  described: GatesOfGateway | undefined
  readonly byPoint: Map<string, { readonly gate: Gate; readonly side: Side; readonly antenna: number }>
  /** Light barriers, by reader and input. */
  readonly byInput: Map<string, { readonly gate: Gate; readonly side: Side; readonly brokenAt: 'high' | 'low' }>
}

export function noGates(): Gates {
  return { described: undefined, byPoint: new Map(), byInput: new Map() }
}

/** Works by these gates from now on. What was going on at gates that stay as they were is forgotten with the rest. */
export function adoptGates(gates: Gates, described: GatesOfGateway): void {
  if (gates.described === described) return
  gates.described = described
  gates.byPoint.clear()
  gates.byInput.clear()
  for (const { id, outside, inside } of described.gates) {
    addPoints(gates, gateOf(id, { by: 'sides', sides: watchGate() }), outside, inside)
  }
  for (const { id, outside, inside, beams } of described.beamGates) {
    const gate = gateOf(id, { by: 'beams', beams: watchBeams() })
    addPoints(gates, gate, outside, inside)
    for (const { device, input, side, brokenAt } of beams)
      gates.byInput.set(inputOf(device, input), { gate, side, brokenAt })
  }
}

function gateOf(id: string, watch: Gate['watch']): Gate {
  return { id, watch, newestAt: 0, takenAtMs: 0, judgedAt: 0, unsyncedIn: undefined }
}

function addPoints({ byPoint }: Gates, gate: Gate, outside: readonly string[], inside: readonly string[]): void {
  const points = [...outside.map((point) => [point, 'outside'] as const), ...inside.map((p) => [p, 'inside'] as const)]
  for (const [antenna, [point, side]] of points.entries()) byPoint.set(point, { gate, side, antenna })
}

function inputOf(device: string, input: number): string {
  return `${device} ${input}`
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
  goOn(gate, read, nowMs, emit)
  const taken: GateRead = { at: read.at, side, antenna, rssiDb: read.rssiDbm ?? levelUnknownDbm }
  if (gate.watch.by === 'sides') takeGateRead(gate.watch.sides, read.epc, taken)
  else takeBeamRead(gate.watch.beams, read.epc, taken)
}

/** Notes a change of an input if a light barrier of a gate is wired to it. `nowMs`: monotonic. */
export function watchInput(gates: Gates, reading: InputReading, nowMs: number, emit: (passage: Passage) => void): void {
  const seen = gates.byInput.get(inputOf(reading.device, reading.input))
  if (seen === undefined || seen.gate.watch.by !== 'beams') return
  const { gate, side, brokenAt } = seen
  goOn(gate, reading, nowMs, emit)
  takeBeamChange(seen.gate.watch.beams, { at: reading.at, side, isBroken: reading.isHigh === (brokenAt === 'high') })
}

/** The gate's time goes on to that of a read or a change: what is due by then is decided first. */
function goOn(
  gate: Gate,
  { at, unsyncedIn }: Pick<TagRead, 'at' | 'unsyncedIn'>,
  nowMs: number,
  emit: (passage: Passage) => void,
): void {
  if (at >= gate.newestAt) {
    if (gate.newestAt > 0) judgeUpTo(gate, at, emit)
    gate.newestAt = at
    gate.takenAtMs = nowMs
  }
  gate.unsyncedIn = unsyncedIn
}
/** Judgement waits until so much of a gate's time has passed since the last one. */
const judgeEveryMs = 500
/** More silence than this is one silence: everything at the gate has been judged and forgotten by then. */
const longestSilenceMs = 30_000
/** Of a reader that tells no level all reads are as strong: sides and their order in time decide. */
const levelUnknownDbm = -60

/** Decides what is due. The time of a gate is that of its newest read and what has passed since. */
export function judgeGates(gates: Gates, nowMs: number, emit: (passage: Passage) => void): void {
  if (gates.byPoint.size === 0) return // as at most gateways, before every reading
  for (const gate of gatesIn(gates)) judgeUpTo(gate, gate.newestAt + (nowMs - gate.takenAtMs), emit)
}

/** No more reads will come on this line of time: what is open is decided by what is known, and then forgotten. */
export function endGates(gates: Gates, emit: (passage: Passage) => void): void {
  for (const gate of gatesIn(gates)) judgeUpTo(gate, gate.newestAt + lastLookMs + judgeEveryMs, emit)
  const { described } = gates
  gates.described = undefined
  if (described !== undefined) adoptGates(gates, described)
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
  const tell = ({ epc, at, direction, confidence, count }: Passed) =>
    emit({
      kind: 'passage',
      at,
      readPoint: id,
      epc,
      direction,
      confidence: Number(confidence.toFixed(4)),
      count: Math.max(1, count),
      ...markOf(unsyncedIn),
    })
  if (watch.by === 'sides') judgeDue(watch.sides, now, tell)
  else judgeBeams(watch.beams, now, tell)
}

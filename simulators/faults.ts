import type { Random } from '../shared/clock.ts'

/** How a device misbehaves. Switched at run time, per device; `wellBehaved` is how all begin. */
export interface Misbehaviour {
  /** Powered, connected, and says nothing at all. */
  readonly silent: boolean
  /** Share of frames with garbage before them: line noise on a wire, a message that is no JSON on MQTT. */
  readonly noiseShare: number
  /** Wires only: frames come in pieces, cut by chance. */
  readonly splitFrames: boolean
  /** Wires only: share of frames whose check value is wrong. */
  readonly wrongCheckShare: number
  /** Everything is said so many times. */
  readonly repeats: number
  /** Added to the device's own clock; only devices that stamp their reads have one. */
  readonly clockOffsetMs: number
}

export const wellBehaved: Misbehaviour = {
  silent: false,
  noiseShare: 0,
  splitFrames: false,
  wrongCheckShare: 0,
  repeats: 1,
  clockOffsetMs: 0,
}

/**
 * What really goes over a wire for one frame: the writes, in order. `spoil` makes the check value wrong in the way of
 * the protocol at hand.
 */
export function onTheWire(
  frame: Uint8Array,
  misbehaviour: Misbehaviour,
  spoil: (frame: Uint8Array) => Uint8Array,
  random: Random,
): readonly Uint8Array[] {
  if (misbehaviour.silent) return []
  const writes: Uint8Array[] = []
  for (let time = 0; time < misbehaviour.repeats; time += 1) {
    if (random() < misbehaviour.noiseShare) writes.push(noise(random))
    const sent = random() < misbehaviour.wrongCheckShare ? spoil(frame) : frame
    writes.push(...(misbehaviour.splitFrames ? split(sent, random) : [sent]))
  }
  return writes
}

/** 1–24 bytes of anything. */
export function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: 1 + Math.floor(random() * 24) }, () => Math.floor(random() * 256))
}

function split(frame: Uint8Array, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let start = 0; start < frame.length; ) {
    const end = Math.min(frame.length, start + 1 + Math.floor(random() * frame.length))
    pieces.push(frame.subarray(start, end))
    start = end
  }
  return pieces
}

import type { GateRead, Side } from '../../edge/gate/read.ts'

export interface TagAtGate {
  /** Of the tags of its pallet. */
  readonly tag: number
  readonly read: GateRead
}

/** Twelve tags of one pallet that go through in six seconds, four reads a second each; antenna 0 outside, 1 inside. */
export function passingPallet(from: Side, startAt: number): TagAtGate[] {
  const to = from === 'outside' ? 'inside' : 'outside'
  return Array.from({ length: 24 * 12 }, (_, n) => {
    const [step, tag] = [Math.floor(n / 12), n % 12]
    const side = step < 12 ? from : to
    const level = -72 + 18 * Math.sin((Math.PI * (step + 0.5)) / 24) + ((tag * 7 + step * 3) % 5) - 2
    const rssiDb = Math.round(level * 2) / 2
    return { tag, read: { at: startAt + step * 250 + tag * 10, side, antenna: side === 'outside' ? 0 : 1, rssiDb } }
  })
}

/** Ten tags that stand outside and are read once a second each. */
export function parkedPallet(startAt: number, forMs: number): TagAtGate[] {
  return Array.from({ length: Math.floor(forMs / 100) }, (_, n) => ({
    tag: n % 10,
    read: { at: startAt + n * 100, side: 'outside' as const, antenna: 0, rssiDb: -70 + ((n * 5) % 4) },
  }))
}

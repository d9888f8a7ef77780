import type { SimulatedGate } from './simulated.ts'

/** What somebody says of the tags of a day: which went through, and which way. */
export type Sayings = readonly { readonly epc: string; readonly direction: 'in' | 'out' }[]

export interface GateScore {
  /** Of the tags that went through and were said to, those said to have gone the way they went. */
  readonly directionAccuracy: number
  /** Of the tags that did not go through this door, those said to have. */
  readonly falsePassageShare: number
  /** Of the tags that went through, those that were not said to. */
  readonly missedShare: number
  readonly strays: number
  readonly passages: number
}

/** A passage said twice counts as a false one of a tag that passed: it is told apart by `twiceShare`. */
export function scoreSayings(gate: SimulatedGate, sayings: Sayings): GateScore & { readonly twiceShare: number } {
  const said = new Map<string, ('in' | 'out')[]>()
  for (const { epc, direction } of sayings) said.set(epc, [...(said.get(epc) ?? []), direction])
  let [passages, found, right, twice, strays, wrong] = [0, 0, 0, 0, 0, 0]
  for (const [epc, { act }] of gate.loadOf) {
    const ways = said.get(epc) ?? []
    if (act === 'in' || act === 'out') {
      passages += 1
      if (ways.length > 0) found += 1
      if (ways[0] === act) right += 1
      if (ways.length > 1) twice += 1
    } else {
      strays += 1
      if (ways.length > 0) wrong += 1
    }
  }
  return {
    directionAccuracy: right / Math.max(1, found),
    falsePassageShare: wrong / Math.max(1, strays),
    missedShare: (passages - found) / Math.max(1, passages),
    twiceShare: twice / Math.max(1, passages),
    strays,
    passages,
  }
}

import type { ShipmentSummary } from '../../shared/shipment.ts'
import type { Fact } from '../push/fact.ts'
import { isMatched, matchingOn, outcomeOf, shipmentsOn } from './live.ts'
import type { KeptShipment } from './shipment.ts'
import { summaryOf } from './shipment-view.ts'
import { type GoodsState, keyOn } from './state.ts'
import type { Tally } from './tally.ts'

/** Tells boards of shipments that look different. */
export interface Teller {
  /** Of sites on which something changed, and of those that were put off. */
  news(sites: Iterable<string>): readonly Fact[]
  /** All that are open. */
  standing(): readonly Fact[]
}

/**
 * What passes in the order of time is told at once. What came late means that the site is matched anew, which is put off
 * to the next tick when that happened since the last one already: a busy site is matched once a second at most.
 */
export function openTeller(state: GoodsState): Teller {
  /** Open shipments as boards know them, as JSON. */
  const told = new Map<string, string>()
  /** How open shipments were when they were last looked at: to put their lines together costs more than all else. */
  const looked = new Map<string, readonly [KeptShipment, Tally | undefined, number | undefined]>()
  /** site → the tick at which it was matched anew. */
  const rematchedAt = new Map<string, number>()
  const putOff = new Set<string>()

  function newsOf(shipment: KeptShipment): readonly Fact[] {
    const key = keyOn(shipment.site, shipment.shipment)
    if (shipment.ended !== null && !told.has(key)) return []
    const tally = matchingOn(state, shipment.site).tallies.get(shipment.shipment)
    const [before, tallyBefore, changesBefore] = looked.get(key) ?? []
    if (before === shipment && tallyBefore === tally && changesBefore === tally?.changes) return []
    if (shipment.ended === null) looked.set(key, [shipment, tally, tally?.changes])
    else looked.delete(key)
    const summary: ShipmentSummary = summaryOf(shipment, outcomeOf(state, shipment))
    const text = JSON.stringify(summary)
    if (told.get(key) === text) return []
    if (shipment.ended === null) told.set(key, text)
    else told.delete(key)
    return [{ type: 'shipment', shipment: summary }]
  }

  return {
    news(sites) {
      const facts: Fact[] = []
      const due = new Set([...putOff, ...sites])
      putOff.clear()
      for (const site of due) {
        const shipments = shipmentsOn(state, site)
        if (shipments.length === 0) continue
        if (!isMatched(state, site)) {
          if (rematchedAt.get(site) === state.now) {
            putOff.add(site)
            continue
          }
          rematchedAt.set(site, state.now)
        }
        facts.push(...shipments.flatMap(newsOf))
      }
      return facts
    },
    standing: () =>
      [...state.shipments.all.values()]
        .filter(({ ended }) => ended === null)
        .flatMap((shipment) => {
          const key = keyOn(shipment.site, shipment.shipment)
          told.delete(key)
          looked.delete(key)
          return newsOf(shipment)
        }),
  }
}

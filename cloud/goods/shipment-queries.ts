import { iso } from '../../shared/api.ts'
import { isEnded, type ShipmentSummary } from '../../shared/shipment.ts'
import type { GoodsQueries } from '../http/read-models.ts'
import { pageByKey } from '../inventory/page.ts'
import { matchingOn, outcomeOf, shipmentsOn } from './live.ts'
import { scanStandings } from './scan-standing.ts'
import type { KeptShipment } from './shipment.ts'
import { detailOf, summaryOf } from './shipment-view.ts'
import { type GoodsState, keyOn } from './state.ts'

type ShipmentQueries = Pick<
  GoodsQueries,
  'shipments' | 'shipment' | 'announced' | 'openShipments' | 'scanStandings' | 'withoutOrder'
>

export function shipmentQueries(state: GoodsState): ShipmentQueries {
  return {
    shipments: (site, filter, page) => {
      const wanted = shipmentsOn(state, site)
        .filter(({ direction }) => filter.direction === undefined || filter.direction === direction)
        .map((shipment) => summaryOf(shipment, outcomeOf(state, shipment)))
        .filter((summary) => isOf(summary, filter.state))
        .sort((a, b) => (dueKey(a) < dueKey(b) ? -1 : 1))
      return pageByKey(wanted, dueKey, (summary) => summary, page)
    },
    shipment: (site, number) => {
      const shipment = state.shipments.get(keyOn(site, number))
      return shipment && detailOf(shipment, outcomeOf(state, shipment))
    },
    announced: (site, numbers) =>
      numbers.flatMap((number) => {
        const kept = state.shipments.get(keyOn(site, number))
        return kept === undefined ? [] : [{ shipment: asAnnounced(kept), ended: kept.ended !== null }]
      }),
    openShipments: (site) => shipmentsOn(state, site).filter(({ ended }) => ended === null).length,
    scanStandings: (site, shipment, codes, at) => scanStandings(state, site, shipment, codes, at),
    withoutOrder: (site, { cursor, limit }) => {
      const { unordered } = matchingOn(state, site)
      const newest = unordered.toReversed()
      const from = cursor === undefined ? 0 : newest.findIndex(({ passage }) => keyOf(passage) === cursor) + 1
      const rows = newest.slice(from, from + limit)
      const last = rows.at(-1)
      return {
        items: rows.map(({ passage, sku, shipment }) => ({
          epc: passage.epc,
          sku,
          at: iso(passage.at),
          readPoint: passage.point.slice(passage.point.indexOf('/') + 1),
          shipment,
        })),
        next: last !== undefined && from + limit < newest.length ? keyOf(last.passage) : null,
      }
    },
  }
}

function isOf(summary: ShipmentSummary, state: ShipmentSummary['state'] | 'open' | undefined): boolean {
  return state === undefined || (state === 'open' ? !isEnded(summary) : summary.state === state)
}

/** What is due at no time comes last. */
function dueKey({ dueAt, shipment }: ShipmentSummary): string {
  return `${dueAt ?? '~'} ${shipment}`
}

function keyOf({ at, point, epc }: { readonly at: number; readonly point: string; readonly epc: string }): string {
  return `${at} ${point} ${epc}`
}

function asAnnounced({ shipment, direction, gate, dueAt, lines }: KeptShipment) {
  return {
    shipment,
    direction,
    ...(gate !== null && { gate }),
    ...(dueAt !== null && { dueAt: iso(dueAt) }),
    lines,
  }
}

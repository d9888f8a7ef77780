import { isEnded, type ShipmentSummary } from '../../../shared/shipment.ts'

/** What stands at a gate now before what is still to come; then what is due first. What is due at no time comes last. */
export function inDockOrder(shipments: Iterable<ShipmentSummary>): readonly ShipmentSummary[] {
  const due = ({ dueAt }: ShipmentSummary) => (dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(dueAt))
  return [...shipments]
    .filter((one) => !isEnded(one))
    .sort((a, b) => {
      const here = Number(b.state === 'underway') - Number(a.state === 'underway')
      if (here !== 0) return here
      const [dueA, dueB] = [due(a), due(b)]
      return dueA === dueB ? (a.shipment < b.shipment ? -1 : 1) : dueA - dueB
    })
}

/** Due, and nothing of it has passed. */
export function isOverdue({ state, dueAt }: ShipmentSummary, now: number): boolean {
  return state === 'expected' && dueAt !== null && Date.parse(dueAt) < now
}

/** What changed about a shipment when this does. */
export function countsOf({ state, expected, seen, byPallet, over, unknown }: ShipmentSummary): string {
  return [state, expected, seen, byPallet, over, unknown].join(' ')
}

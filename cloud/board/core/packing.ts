import type { Aggregation } from '../../../shared/aggregation.ts'

/** What is taken off a unit; `all`: whatever is on it. */
export interface Taking {
  readonly parent: string
  readonly sscc: string
  readonly children: readonly string[] | 'all'
  /** So many. */
  readonly count: number
  /** When it was done, Unix ms. */
  readonly at: number
}

/** Of a unit as the server tells it, what still stands on the page. `taken`: acts that the server may not have told of yet. */
export function stillOn(
  { epc, children }: Pick<Aggregation, 'epc' | 'children'>,
  taken: readonly Taking[],
): Aggregation['children'] {
  const acts = taken.filter(({ parent }) => parent === epc)
  return children.filter(
    (child) =>
      !acts.some(
        (act) => Date.parse(child.since) < act.at && (act.children === 'all' || act.children.includes(child.epc)),
      ),
  )
}

/** What to send for it. Said again with the same instant it changes nothing. */
export function takenOff({ parent, children, at }: Taking) {
  return {
    ...{ parent, act: 'delete', at: new Date(at).toISOString() },
    ...(children !== 'all' && { children }),
  } as const
}

/** What undoes it: the same things are packed again, a moment later at the earliest. */
export function packedAgain({ parent, at }: Taking, children: readonly string[], now: number) {
  return { parent, children, act: 'add', at: new Date(Math.max(now, at + 1)).toISOString() } as const
}

import { isValueRule } from '../../shared/rule.ts'
import { turn } from './raise.ts'
import { signKey, zoneOf } from './sign-of.ts'
import type { AlertChanges, AlertState } from './state.ts'

/**
 * A new map: what it took away, or moved out of the zone of a rule, says nothing any more that would end an alert. `before`: ids
 * that were on the map until now. A sensor that goes on speaking is judged anew.
 */
export function retireUnwatched(
  state: AlertState,
  site: string,
  before: ReadonlySet<string>,
  at: number,
  changes: AlertChanges,
): void {
  const zones = state.zones.get(site) ?? {}
  const isTaken = (subject: string) => before.has(subject) && !Object.hasOwn(zones, subject)
  for (const key of [...state.watches.all.keys()]) {
    const [id = '', on, subject = '', gateway = ''] = key.split('/')
    const rule = on === site ? state.rules.get(id)?.rule : undefined
    if (rule === undefined) continue
    if (rule.type === 'silent') {
      const sign = state.signs.get(signKey(site, rule.of, rule.of === 'gateway' ? '' : gateway, subject))
      if (sign?.watched === true && sign.gateway === gateway) continue
    } else if (isValueRule(rule)) {
      const isElsewhere = rule.zone !== undefined && zoneOf(state, site, subject) !== rule.zone
      if (!isElsewhere && !isTaken(subject)) continue
    } else continue
    state.watches.remove(key)
    turn(state, key, 'clear', at, changes)
  }
}

import type { ClimateRule } from '../../../../shared/rules/of-goods.ts'
import type { SiteMap } from '../../../../shared/site-map.ts'
import type { Conclusions } from '../../../inventory/conclusions.ts'
import { sensorsOfPlaces } from '../../../series/covering.ts'
import { conditionKey } from '../../concerning.ts'
import type { AlertState } from '../../state.ts'
import { fits, type KnownItem } from '../scope.ts'
import { oldestPart, partMs } from './parts.ts'
import { pathOf, type SensorsOfPlaces, type StoredPath } from './path.ts'

/** An item moved, or more is known of where it was, or of what it is. */
export function followPath(
  state: AlertState,
  conclusions: Conclusions,
  rule: ClimateRule,
  item: KnownItem,
  offset: number,
): void {
  const key = conditionKey(rule, rule.site, item.epc)
  const known = state.paths.get(key)
  if (!fits(rule.goods, item)) {
    if (known !== undefined) state.paths.remove(key)
    return
  }
  const path = readPath(state, conclusions, rule, item, offset)
  if (path !== undefined)
    state.paths.put(key, known?.counted === undefined ? path : { ...path, counted: known.counted })
  else if (known !== undefined) state.paths.remove(key)
}

/** undefined: it was not on the site within what the rule looks at. */
export function readPath(
  state: AlertState,
  conclusions: Conclusions,
  rule: ClimateRule,
  item: KnownItem,
  offset: number,
): StoredPath | undefined {
  const from = oldestPart(rule, state.now) * partMs(rule)
  const sensors = state.sensorsOfPlaces.get(rule.site) ?? noSensors
  const path = pathOf(conclusions, rule.site, item, sensors, { from, offset })
  return path.stops.some(({ where }) => where === 'here') ? path : undefined
}

const noSensors: SensorsOfPlaces = { slots: {}, zones: {} }

/** The paths that a rule read from the ledger take the place of those it had. */
export function takePaths(state: AlertState, rule: ClimateRule, paths: ReadonlyMap<string, StoredPath>): void {
  for (const [key, { counted }] of [...state.paths.all]) {
    if (!key.startsWith(`${rule.id}/`)) continue
    const path = paths.get(key)
    if (path === undefined) state.paths.remove(key)
    else if (counted !== undefined) state.paths.put(key, { ...path, counted })
  }
  for (const [key, path] of paths) if (state.paths.get(key)?.counted === undefined) state.paths.put(key, path)
}

/** Another map: another sensor may speak for a place. */
export function adoptSensors(state: AlertState, map: SiteMap): void {
  state.sensorsOfPlaces.put(map.site, sensorsOfPlaces(map))
}

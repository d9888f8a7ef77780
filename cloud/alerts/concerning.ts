import { isValueRule, type Rule, runsOnGateway } from '../../shared/rule.ts'
import type { ClimateRule } from '../../shared/rules/of-goods.ts'
import type { ValueRule } from '../../shared/rules/of-values.ts'
import { climateRules } from './goods/rules.ts'
import { signKey, signOf, zoneOf } from './sign-of.ts'
import type { AlertState, StoredSign } from './state.ts'

/** A rule that a sensor's values are held against. */
export interface Concerning {
  readonly rule: ValueRule
  /** Key of that condition in `watches` and `pasts`. */
  readonly key: string
  /** Keys of the same condition of the sensors that this one is compared with. */
  readonly others: readonly string[]
}

/** The rules on values of one site by what they name, so that a sensor finds its own without a look at all of them. */
export interface RulesOfSite {
  readonly everywhere: readonly ValueRule[]
  readonly byZone: ReadonlyMap<string, readonly ValueRule[]>
  readonly bySensor: ReadonlyMap<string, readonly ValueRule[]>
  /** By sensor, as they were looked up. */
  readonly found: Map<string, KnownSensor>
  readonly climate: readonly ClimateRule[]
}

/** All that a measurement of a sensor needs. */
export interface KnownSensor {
  readonly signKey: string
  readonly sign: StoredSign
  readonly rules: readonly Concerning[]
  /** Rules that its gateway judges: how bad it gets is heard here too. */
  readonly onGateway: readonly ValueRule[]
  /** Rules on what goods went through that hear it, each with the key of what it keeps of it. */
  readonly climate: readonly { readonly rule: ClimateRule; readonly key: string }[]
}

/** A sensor with the rules that concern it by the rules and the map in force; looked up once. */
export function knownSensor(state: AlertState, site: string, gateway: string, sensor: string): KnownSensor {
  let ofSite = state.concerning.get(site)
  if (ofSite === undefined) {
    ofSite = rulesOf(state, site)
    state.concerning.set(site, ofSite)
  }
  const known = ofSite.found.get(sensor)
  if (known !== undefined) return known
  const zone = zoneOf(state, site, sensor)
  const all = [
    ...ofSite.everywhere,
    ...(zone === null ? [] : (ofSite.byZone.get(zone) ?? [])),
    ...(ofSite.bySensor.get(sensor) ?? []).filter((rule) => rule.zone === undefined || rule.zone === zone),
  ]
  const found: KnownSensor = {
    signKey: signKey(site, 'sensor', '', sensor),
    sign: signOf(state, site, 'sensor', gateway, sensor),
    rules: all.filter((rule) => !runsOnGateway(rule)).map((rule) => concerning(state, rule, site, sensor)),
    onGateway: all.filter(runsOnGateway),
    climate: zone === null ? [] : ofSite.climate.map((rule) => ({ rule, key: conditionKey(rule, site, sensor) })),
  }
  ofSite.found.set(sensor, found)
  return found
}

function rulesOf(state: AlertState, site: string): RulesOfSite {
  const everywhere: ValueRule[] = []
  const byZone = new Map<string, ValueRule[]>()
  const bySensor = new Map<string, ValueRule[]>()
  const add = (to: Map<string, ValueRule[]>, name: string, rule: ValueRule) => {
    const there = to.get(name)
    if (there === undefined) to.set(name, [rule])
    else there.push(rule)
  }
  for (const { rule } of state.rules.all.values()) {
    if (!isValueRule(rule) || !rule.enabled || rule.site !== site) continue
    if (rule.sensors !== undefined) for (const sensor of new Set(rule.sensors)) add(bySensor, sensor, rule)
    else if (rule.zone !== undefined) add(byZone, rule.zone, rule)
    else everywhere.push(rule)
  }
  const climate = climateRules(state).filter((rule) => rule.site === site)
  return { everywhere, byZone, bySensor, climate, found: new Map() }
}

function concerning(state: AlertState, rule: ValueRule, site: string, sensor: string): Concerning {
  const key = conditionKey(rule, site, sensor)
  if (rule.type !== 'deviation') return { rule, key, others: [] }
  const compared = rule.sensors ?? Object.keys(state.zones.get(site) ?? {})
  const others = compared.filter(
    (other) => other !== sensor && (rule.zone === undefined || zoneOf(state, site, other) === rule.zone),
  )
  return { rule, key, others: others.map((other) => conditionKey(rule, site, other)) }
}

export function conditionKey(rule: Rule, site: string, subject: string): string {
  return `${rule.id}/${site}/${subject}`
}

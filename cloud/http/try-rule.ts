import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RuleTrial } from '../../shared/api.ts'
import { Fault } from '../../shared/fault.ts'
import { isClimateRule, isValueRule, type Rule } from '../../shared/rule.ts'
import type { ClimateRule } from '../../shared/rules/of-goods.ts'
import type { ValueRule } from '../../shared/rules/of-values.ts'
import { lineOfValues, partMs } from '../alerts/goods/climate/parts.ts'
import { rehearseGoods, triedParts } from '../alerts/goods/climate/rehearse.ts'
import { type Reading, rehearse } from '../alerts/rehearse.ts'
import type { RangeQuery } from '../series/series-store.ts'
import type { HttpParts } from './parts.ts'
import { knownQuantity } from './routes/series.ts'

/** A trial is bounded by sensors and by values of each; with more values it reads one for each bucket. */
const mostSensors = 50
const mostValues = 10_000
/** Of a rule on goods: ways times parts of time. */
const mostParts = 50_000_000
const patienceMs = 20_000

type Parts = Pick<HttpParts, 'alerts' | 'inventory' | 'series'>
interface Range {
  readonly fromMs: number
  readonly toMs: number
}
/** Once that it would have rung. Instants are Unix ms. */
interface Rung {
  readonly subject: string
  readonly raisedAt: number
  readonly clearedAt: number | null
  readonly value: number
  readonly items?: number
}
interface Tried extends Pick<RuleTrial, 'sensors' | 'goods' | 'values' | 'everyMs'> {
  readonly rung: readonly Rung[]
}

/** Tries a rule on recorded history. Throws `bad-input` of what cannot be tried, and where too much would have to be read. */
export async function tryRule(parts: Parts, rule: Rule, range: Range): Promise<Tried> {
  if (isValueRule(rule)) return tryValues(parts, rule, range)
  if (isClimateRule(rule)) return tryGoods(parts, rule, range)
  throw new Fault('bad-input', 'Only rules on values and on what goods went through can be tried on history.')
}

async function tryValues(parts: Parts, rule: ValueRule, { fromMs, toMs }: Range): Promise<Tried> {
  const sensors = await sensorsOf(parts, rule)
  if (sensors.length > mostSensors)
    throw new Fault('bad-input', `A trial takes ${mostSensors} sensors at most: name some, or a zone.`)
  const quantity = knownQuantity(rule.quantity)
  const readings: Reading[] = []
  let everyMs: number | null = null
  for (const sensor of sensors) {
    const heard = await valuesOf(parts, { site: rule.site, sensor, quantity, fromMs, toMs })
    for (const { at, last } of heard.values) readings.push({ sensor, at, value: last })
    everyMs ??= heard.everyMs
  }
  readings.sort((a, b) => a.at - b.at)
  return { sensors: sensors.length, values: readings.length, everyMs, rung: rehearse(rule, readings, toMs) }
}

async function sensorsOf({ inventory }: Parts, { site, sensors, zone }: ValueRule): Promise<readonly string[]> {
  const map = await inventory.map(site)
  const placed = (map?.sensors ?? []).filter((sensor) => zone === undefined || sensor.zone === zone)
  const ofZone = placed.map(({ id }) => id)
  if (sensors === undefined) return ofZone
  return [...new Set(sensors)].filter((sensor) => zone === undefined || ofZone.includes(sensor))
}

async function tryGoods(parts: Parts, rule: ClimateRule, { fromMs, toMs }: Range): Promise<Tried> {
  const tried = triedParts(rule, fromMs, toMs)
  const ways = await parts.alerts.ways(rule, tried.first * partMs(rule))
  if (ways === 'too-many' || ways.length * (tried.end - tried.first) > mostParts)
    throw new Fault('bad-input', 'So many goods went so many ways: name some of them, or ask for a shorter range.')
  const sensors = new Set(ways.flatMap(({ path }) => path.stops.flatMap(({ sensor }) => sensor ?? [])))
  if (sensors.size > mostSensors)
    throw new Fault('bad-input', `These goods passed more than ${mostSensors} sensors: name some of the goods.`)
  const lines = new Map<string, ReturnType<typeof lineOfValues>>()
  let values = 0
  let everyMs: number | null = null
  for (const sensor of sensors) {
    const about = { site: rule.site, sensor, quantity: 'temperature', fromMs: tried.valuesFromMs, toMs }
    const heard = await valuesOf(parts, about)
    const means = heard.values.map(({ at, mean }) => ({ at, value: mean }))
    lines.set(sensor, lineOfValues(rule, means, tried.first, tried.end))
    values += means.length
    everyMs ??= heard.everyMs
  }
  const rung = await rehearseGoods(rule, ways, lines, tried, () => nextTurn())
  const goods = ways.reduce((sum, { items }) => sum + items, 0)
  return { sensors: sensors.size, goods, values, everyMs, rung }
}

/** In order of time. */
async function valuesOf({ series }: Parts, about: Omit<RangeQuery, 'limit' | 'everyMs'>) {
  const asked = { ...about, limit: mostValues + 1 }
  const values = await series.range(asked, patienceMs)
  if (values.length <= mostValues) return { values, everyMs: null }
  const everyMs = Math.ceil((about.toMs - about.fromMs) / mostValues / 1000) * 1000
  return { values: await series.range({ ...asked, everyMs }, patienceMs), everyMs }
}

import type { ValueRule } from '../../shared/rules/of-values.ts'
import { unwatched, type Watch, watchLevel, watchTime } from '../../shared/rules/watch.ts'
import { levelOf } from './level-of.ts'

export interface Reading {
  readonly sensor: string
  readonly at: number
  readonly value: number
}

/** Once that the rule would have raised its alert. */
export interface WouldHaveRung {
  /** The sensor. */
  readonly subject: string
  readonly raisedAt: number
  /** null: it would still stand at the end. */
  readonly clearedAt: number | null
  /** With which it rang. */
  readonly value: number
}

/**
 * What a rule would have raised over recorded values, oldest first, up to `toMs`: conditions, dead bands and delays as in
 * force, and nobody acknowledging anything in time, so that each return counts. Neither schedules nor windows count.
 */
export function rehearse(rule: ValueRule, readings: readonly Reading[], toMs: number): readonly WouldHaveRung[] {
  const sensors = [...new Set(readings.map(({ sensor }) => sensor))]
  const watches = new Map<string, Watch>(sensors.map((sensor) => [sensor, unwatched()]))
  const others = new Map(sensors.map((sensor) => [sensor, sensors.filter((other) => other !== sensor)]))
  const rung: { subject: string; raisedAt: number; clearedAt: number | null; value: number }[] = []
  const standing = new Map<string, (typeof rung)[number]>()

  function passTime(sensor: string, watch: Watch, now: number): void {
    const begunAt = watch.sinceAt
    const endsAt = watch.withinAt === undefined ? now : watch.withinAt + (rule.offDelayMs ?? 0)
    const turned = watchTime(watch, rule, now)
    if (turned === 'raise') note(sensor, (begunAt ?? now) + rule.onDelayMs, watch.value)
    if (turned === 'clear') end(sensor, endsAt)
  }
  function note(sensor: string, raisedAt: number, value: number): void {
    const one = { subject: sensor, raisedAt, clearedAt: null, value }
    rung.push(one)
    standing.set(sensor, one)
  }
  function end(sensor: string, at: number): void {
    const one = standing.get(sensor)
    if (one !== undefined) one.clearedAt = at
    standing.delete(sensor)
  }

  for (const { sensor, at, value } of readings) {
    const watch = watches.get(sensor)
    if (watch === undefined) continue
    passTime(sensor, watch, at)
    const concerning = { rule, key: sensor, others: others.get(sensor) ?? [] }
    const level = levelOf(watches, concerning, watch, at, value)
    const turned = watchLevel(watch, rule, at, value, level, '')
    if (turned === 'raise') note(sensor, (watch.sinceAt ?? at) + rule.onDelayMs, value)
    if (turned === 'clear') end(sensor, at)
  }
  for (const [sensor, watch] of watches) passTime(sensor, watch, toMs)
  return rung.sort((a, b) => a.raisedAt - b.raisedAt)
}

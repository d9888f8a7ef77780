import { iso } from '../../shared/api.ts'
import type { EdgeAlert } from '../../shared/record.ts'
import { runsOnGateway } from '../../shared/rule.ts'
import type { Worst } from '../../shared/rules/worst.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { GatewayEntry } from '../journal/journal.ts'
import { eventTime, presentTime } from '../location/event-time.ts'
import { oldAfterMs } from './judge-values.ts'
import { backlogQuietMs } from './past.ts'
import { type Cause, raise, raisePast, turn } from './raise.ts'
import { zoneOf } from './sign-of.ts'
import type { AlertChanges, AlertState, EdgeWord, Hash } from './state.ts'
import { witness } from './worst.ts'

/**
 * Rules that ran on a gateway. An episode is what one `raised` record began; its `cleared` record names it (`raisedAt`) and
 * tells all of it. So it does not matter in which order they come, whether live words overtake a backlog, or whether
 * one is sent again after a crash: each episode is told once, and the newest word says what is so.
 */

/** Of one rule and subject so many episodes are remembered; more cannot be under way at once. */
const episodesKept = 16
/** Words older than a week are forgotten once there are many: subjects may be items, and they leave. */
const manyWords = 1024
const lookEvery = 256
const wordsLiveMs = 7 * 86_400_000

/** Rule, gateway and subject of a key. No rule id begins with '~', so no rule of the cloud owns it. */
interface EdgeKey {
  readonly site: string
  readonly gateway: string
  readonly rule: string
  readonly subject: string
}

export function edgeKey({ site, gateway, rule, subject }: EdgeKey): string {
  return `~edge/${site}/${gateway}/${rule}/${subject}`
}

function partsOf(key: string): EdgeKey | undefined {
  const [edge, site, gateway, rule, subject] = key.split('/')
  if (edge !== '~edge' || site === undefined || gateway === undefined || rule === undefined || subject === undefined)
    return undefined
  return { site, gateway, rule, subject }
}

export function takeEdgeAlert(
  state: AlertState,
  entry: GatewayEntry,
  record: EdgeAlert,
  hash: Hash,
  changes: AlertChanges,
): void {
  const { site, gateway, recordedAt } = entry
  const about = { site, gateway, rule: record.rule, subject: record.subject }
  // A stamp of a clock that was not trusted is better than an alert that nobody ends.
  const at = presentTime(record, entry) ?? eventTime(record.at, recordedAt).at
  if (record.state === 'raised') takeRaised(state, about, record, at, recordedAt, hash, changes)
  else takeCleared(state, about, record, at, hash, changes)
}

function takeRaised(
  state: AlertState,
  about: EdgeKey,
  record: EdgeAlert,
  at: number,
  recordedAt: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  const key = edgeKey(about)
  const word = state.edge.get(key) ?? { at: 0, told: [] }
  const { at: raisedAt, value = null, readPoint = null } = record
  const worst = worstOf(record, at)
  // Not the gateway's any more, and told by the gateway before it knew: the cloud judges the very same values.
  if (!isJudgedThere(state, about.rule)) return
  if (word.told.includes(raisedAt) || word.waiting?.raisedAt === raisedAt) return
  // Something newer is known: the end of this one tells all of it.
  if (at < word.at) return
  // Its own end is on the way, or was given up.
  turn(state, key, 'clear', at, changes)
  const episode = { raisedAt, at, value, worst, readPoint }
  if (recordedAt - at > oldAfterMs) {
    putWord(state, key, { ...word, at, waiting: { ...episode, heardAt: recordedAt } })
    return
  }
  putWord(state, key, { at, told: remembered(word.told, raisedAt), rung: raisedAt })
  raise(state, causeOf(state, about, episode), hash, changes)
}

function takeCleared(
  state: AlertState,
  about: EdgeKey,
  record: EdgeAlert,
  at: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  const key = edgeKey(about)
  const word = state.edge.get(key) ?? { at: 0, told: [] }
  const { raisedAt, value = null, readPoint = null } = record
  if (raisedAt === undefined) {
    // Nothing holds there: said when a gateway begins to judge.
    if (at < word.at) return
    turn(state, key, 'clear', at, changes)
    putWord(state, key, { ...word, at, waiting: undefined })
    return
  }
  const { waiting, rung = 0 } = word
  const next: EdgeWord = {
    ...word,
    at: Math.max(word.at, at),
    waiting: waiting !== undefined && waiting.raisedAt > raisedAt ? waiting : undefined,
  }
  if (word.told.includes(raisedAt)) {
    if (raisedAt === rung) {
      const worst = worstOf(record, at)
      if (worst !== undefined) witness(state, key, state.rules.get(about.rule)?.rule, worst, changes)
      end(state, key, at, changes)
    }
    putWord(state, key, next)
    return
  }
  // It began and ended before anybody here could have been called.
  const worst = worstOf(record, at)
  const began = { raisedAt, at: Math.min(at, raisedAt + (at - record.at)), value, worst, readPoint }
  if (raisedAt > rung) turn(state, key, 'clear', began.at, changes)
  putWord(state, key, { ...next, told: remembered(word.told, raisedAt) })
  if (isJudgedThere(state, about.rule)) raisePast(causeOf(state, about, began), at, hash, changes)
}

/** What was raised long ago and did not end in the backlog that told of it holds still, and rings now. */
export function passEdge(state: AlertState, now: number, hash: Hash, changes: AlertChanges): void {
  for (const [key, { waiting, ...word }] of [...state.edge.all]) {
    if (waiting === undefined) continue
    const quietMs = now - waiting.heardAt
    if (quietMs >= 0 && quietMs < backlogQuietMs) continue
    const about = partsOf(key)
    state.edge.put(key, { ...word, told: remembered(word.told, waiting.raisedAt), rung: waiting.raisedAt })
    if (about === undefined || !isJudgedThere(state, about.rule)) continue
    raise(state, { ...causeOf(state, about, waiting), ringsAt: Math.max(waiting.at, now) }, hash, changes)
  }
}

/**
 * Rules changed: what a gateway raised for one that is not judged there any more is over. A rule that went from here to
 * the gateways, and one with another limit, is asked anew there.
 */
export function retireEdge(
  state: AlertState,
  site: string,
  removed: string | undefined,
  at: number,
  changes: AlertChanges,
): void {
  for (const { key, about } of openOf(state, site)) {
    if (about.rule === removed || !isJudgedThere(state, about.rule)) turn(state, key, 'clear', at, changes)
  }
}

/** A new map: a gateway that has nothing to do with a subject any more will never say that it is over. */
export function retireMoved(state: AlertState, map: SiteMap, at: number, changes: AlertChanges): void {
  const gatewayOf = new Map(map.sensors.map((sensor) => [sensor.id, sensor.gateway]))
  const gateways = new Set(map.readPoints.map((point) => point.gateway))
  for (const { key, about } of openOf(state, map.site)) {
    const rule = state.rules.get(about.rule)?.rule
    if (rule === undefined) continue
    const isThere =
      rule.type === 'gate-hold' ? gateways.has(about.gateway) : gatewayOf.get(about.subject) === about.gateway
    if (!isThere) turn(state, key, 'clear', at, changes)
  }
}

function openOf(state: AlertState, site: string): readonly { readonly key: string; readonly about: EdgeKey }[] {
  return [...state.open.all.keys()].flatMap((key) => {
    const about = partsOf(key)
    return about === undefined || about.site !== site ? [] : [{ key, about }]
  })
}

/** A rule that is unknown here is the gateway's own affair. */
function isJudgedThere(state: AlertState, id: string): boolean {
  const rule = state.rules.get(id)?.rule
  return rule === undefined || (runsOnGateway(rule) && rule.enabled)
}

/** Ends the alert that is open, or tells its end better, if it was only known that something newer had begun. */
function end(state: AlertState, key: string, at: number, changes: AlertChanges): void {
  const known = state.open.get(key)
  if (known === undefined || turn(state, key, 'clear', at, changes)) return
  if (known.alert.clearedAt === null || Date.parse(known.alert.clearedAt) <= at) return
  const alert = { ...known.alert, clearedAt: iso(at) }
  state.open.put(key, { ...known, alert })
  changes.alerts.set(alert.id, alert)
}

function causeOf(
  state: AlertState,
  about: EdgeKey,
  { raisedAt, at, value, worst: told, readPoint }: Omit<NonNullable<EdgeWord['waiting']>, 'heardAt'>,
): Cause {
  const { site, gateway, subject } = about
  const rule = state.rules.get(about.rule)?.rule
  const zone = zoneOf(state, site, readPoint ?? subject)
  const trigger = `${site}/${gateway}/${raisedAt}`
  // An older gateway says only with what it rang.
  const worst = told ?? (value === null ? undefined : { value, at })
  return { key: edgeKey(about), site, rule, ruleId: about.rule, subject, zone, value, worst, at, trigger, gateway }
}

/** What the gateway found worst, by a clock that is set right as that of its record was. */
function worstOf({ worst, at: stampedAt }: EdgeAlert, at: number): Worst | undefined {
  return worst === undefined ? undefined : { value: worst.value, at: worst.at + (at - stampedAt) }
}

/** In the order of their stamps; the oldest is forgotten first. */
function remembered(told: readonly number[], raisedAt: number): number[] {
  return [...told, raisedAt].sort((a, b) => a - b).slice(-episodesKept)
}

function putWord(state: AlertState, key: string, word: EdgeWord): void {
  state.edge.put(key, word)
  const { size } = state.edge.all
  if (size < manyWords || size % lookEvery !== 0) return
  for (const [other, { at, waiting }] of [...state.edge.all]) {
    if (waiting !== undefined || at > state.now - wordsLiveMs || state.open.get(other) !== undefined) continue
    state.edge.remove(other)
  }
}

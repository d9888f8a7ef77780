import { z } from 'zod'
import type { ClimateRule } from '../../../../shared/rules/of-goods.ts'
import { kineticOf } from '../../../series/summary.ts'
import type { AlertState } from '../../state.ts'

/**
 * What sensors said, for rules on what goods went through: by parts of time, so that it makes no difference in which order
 * values came. Of a part the mean of its values is kept: of how far each was beyond the limit, or of how fast goods age at it.
 */

/** So many parts a window has at most. */
const mostParts = 288
const minuteMs = 60_000

/** How long a part is: whole minutes; a window of 24 h has parts of 5 min. */
export function partMs({ overMs }: Pick<ClimateRule, 'overMs'>): number {
  return Math.ceil(overMs / mostParts / minuteMs) * minuteMs
}

/** How many parts the window has. */
export function partsOver(rule: Pick<ClimateRule, 'overMs'>): number {
  return Math.ceil(rule.overMs / partMs(rule))
}

/** The number of the part that an instant, Unix ms, lies in. */
export function partAt(rule: Pick<ClimateRule, 'overMs'>, at: number): number {
  return Math.floor(at / partMs(rule))
}

/**
 * What is kept reaches back over three windows: so what comes late by two of them is judged as what came in time. Of what
 * had begun before, the beginning is not known any more.
 */
export function oldestPart(rule: Pick<ClimateRule, 'overMs'>, now: number): number {
  return partAt(rule, now) - 3 * partsOver(rule)
}

/** How many parts are written down together. */
const partsOfPage = 24
/** Of each part: how many values, the sum of what they amount to, how many of them were beyond. */
const numbersOfPart = 3
export const StoredPage = z.array(z.number()).length(partsOfPage * numbersOfPart)
export type StoredPage = z.infer<typeof StoredPage>

/** A value of a sensor, of `key` = rule, site and sensor. What is older than all that is kept says nothing any more. */
export function noteValue(state: AlertState, rule: ClimateRule, key: string, at: number, value: number): void {
  const part = partAt(rule, at)
  if (part < oldestPart(rule, state.now)) return
  const page = Math.floor(part / partsOfPage)
  const pageKey = `${key}/${page}`
  let numbers = state.pages.get(pageKey)
  if (numbers === undefined) {
    numbers = emptyPage()
    state.pages.put(pageKey, numbers)
  } else state.pages.note(pageKey)
  addValue(rule, numbers, part, value)
}

function addValue(rule: ClimateRule, numbers: StoredPage, part: number, celsius: number): void {
  const index = (part % partsOfPage) * numbersOfPart
  const amount = amountOf(rule, celsius)
  numbers[index] = (numbers[index] ?? 0) + 1
  numbers[index + 1] = (numbers[index + 1] ?? 0) + amount
  numbers[index + 2] = (numbers[index + 2] ?? 0) + Number(isBeyond(rule, amount))
}

function emptyPage(): StoredPage {
  return new Array<number>(partsOfPage * numbersOfPart).fill(0)
}

/** What a value amounts to: degrees beyond the limit, or how fast goods age at it. */
function amountOf(rule: ClimateRule, celsius: number): number {
  if (rule.type === 'goods-kinetic') return kineticOf(celsius)
  return Math.max(0, rule.direction === 'above' ? celsius - rule.limit : rule.limit - celsius)
}

function isBeyond(rule: ClimateRule, amount: number): boolean {
  return amount > (rule.type === 'goods-kinetic' ? kineticOf(rule.limit) : 0)
}

/** A sensor over the parts from `first`, inclusive, to `end`, exclusive. */
export interface SensorLine {
  readonly first: number
  /** Mean amount in each part; NaN: unknown. */
  readonly amounts: Float64Array
  /** Share of each part that was beyond. */
  readonly beyond: Float64Array
  /** Whether any of it was. */
  readonly isHot: boolean
}

/** The lines of all sensors that were heard for a rule, by their ids. Pages that are too old are thrown away. */
export function linesOf(
  state: AlertState,
  rule: ClimateRule,
  first: number,
  end: number,
): ReadonlyMap<string, SensorLine> {
  const values = new Map<string, Map<number, StoredPage>>()
  for (const [key, numbers] of [...state.pages.all]) {
    const [id, , sensor = '', number = ''] = key.split('/')
    if (id !== rule.id) continue
    const page = Number(number)
    if ((page + 1) * partsOfPage <= first) {
      state.pages.remove(key)
      continue
    }
    const pages = values.get(sensor)
    if (pages === undefined) values.set(sensor, new Map([[page, numbers]]))
    else pages.set(page, numbers)
  }
  const held = heldParts(rule)
  return new Map([...values].map(([sensor, pages]) => [sensor, lineOf(pages, first, end, held)]))
}

/** The line of a sensor by values that are recorded, in degrees Celsius: as if it had been heard. */
export function lineOfValues(
  rule: ClimateRule,
  values: Iterable<{ readonly at: number; readonly value: number }>,
  first: number,
  end: number,
): SensorLine {
  const pages = new Map<number, StoredPage>()
  for (const { at, value } of values) {
    const part = partAt(rule, at)
    const number = Math.floor(part / partsOfPage)
    const page = pages.get(number) ?? emptyPage()
    pages.set(number, page)
    addValue(rule, page, part, value)
  }
  return lineOf(pages, first, end, heldParts(rule))
}

function heldParts(rule: ClimateRule): number {
  return Math.floor(rule.holdMs / partMs(rule))
}

/** Where a part has no value, that of the newest part before it holds, but no longer than `held` parts. */
function lineOf(pages: ReadonlyMap<number, StoredPage>, first: number, end: number, held: number): SensorLine {
  const amounts = new Float64Array(end - first).fill(Number.NaN)
  const beyond = new Float64Array(end - first)
  let isHot = false
  let known = { part: Number.NEGATIVE_INFINITY, amount: 0, share: 0 }
  for (let part = first - held; part < end; part += 1) {
    const page = Math.floor(part / partsOfPage)
    const index = (part - page * partsOfPage) * numbersOfPart
    const numbers = pages.get(page)
    const count = numbers?.[index] ?? 0
    if (numbers !== undefined && count > 0) {
      known = { part, amount: (numbers[index + 1] ?? 0) / count, share: (numbers[index + 2] ?? 0) / count }
    }
    if (part < first || part - known.part > held) continue
    amounts[part - first] = known.amount
    beyond[part - first] = known.share
    isHot ||= known.share > 0
  }
  return { first, amounts, beyond, isHot }
}

import { identifierPattern } from '../../shared/identifier-pattern.ts'
import { fieldOfScaled } from './scale.ts'
import type { Measurement, Point } from './series-store.ts'

type FieldType = 'number' | 'string'

/** Fields of the measurements whose fields are fixed; `condition` has one float per quantity. docs/series-schema.md */
const fixedFields = {
  read: { epc: 'string', count: 'number', peakRssiDbm: 'number', antenna: 'number' },
  passage: { epc: 'string', direction: 'string', confidence: 'number', count: 'number' },
} as const satisfies Record<string, Record<string, FieldType>>

/** The year 2262, where nanoseconds in 64 bits end. */
const lastAt = 9_223_372_036_853
const longestText = 1024
const quantityPattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** As field keys these would shadow the timestamp or a tag. */
const reserved: ReadonlySet<string> = new Set(['time', 'site', 'gateway', 'source'])

/** Why a point can never be stored, or undefined. The same answer for every store, so history can move between them. */
export function flawOf(point: Point): string | undefined {
  if (!identifierPattern.test(point.site)) return 'site is not an identifier'
  if (!identifierPattern.test(point.gateway)) return 'gateway is not an identifier'
  if (!identifierPattern.test(point.source)) return 'source is not an identifier'
  if (!Number.isSafeInteger(point.at) || point.at < 0 || point.at > lastAt) return 'time is outside 1970–2262'
  if (!Number.isInteger(point.nanos) || point.nanos < 0 || point.nanos > 999_999) return 'nanos are outside 0–999999'
  const { measurement } = point
  return hasFixedFields(measurement) ? flawOfFixed(point, fixedFields[measurement]) : flawOfCondition(point)
}

/** Others have a number for each quantity. */
function hasFixedFields(measurement: Measurement): measurement is keyof typeof fixedFields {
  return Object.hasOwn(fixedFields, measurement)
}

/**
 * Surely without a flaw: the shapes that make up the stream, checked without the price of patterns. False: ask `flawOf`.
 * Its site, gateway and source have been found sound before, and so has every name that `isSound` knows.
 */
export function isPlain(point: Point, isSound: (field: string) => boolean): boolean {
  const { measurement, at, nanos, fields } = point
  if (!Number.isSafeInteger(at) || at < 0 || at > lastAt) return false
  if (!Number.isInteger(nanos) || nanos < 0 || nanos > 999_999) return false
  let any = false
  if (measurement !== 'read' && measurement !== 'passage') {
    if (nanos !== 0) return false
    for (const name in fields) {
      any = true
      if (typeof fields[name] !== 'number' || !Number.isFinite(fields[name]) || !isSound(name)) return false
    }
    return any
  }
  if (measurement !== 'read') return false
  for (const name in fields) {
    any = true
    const value = fields[name]
    if (name === 'epc') {
      if (typeof value !== 'string' || value.length > longestText || !value.isWellFormed()) return false
    } else if (name !== 'count' && name !== 'peakRssiDbm' && name !== 'antenna') return false
    else if (typeof value !== 'number' || !Number.isFinite(value)) return false
  }
  return any
}

function flawOfCondition({ fields, nanos }: Point): string | undefined {
  if (nanos !== 0) return 'nanos of a condition are not 0'
  let any = false
  for (const name in fields) {
    any = true
    if (!quantityPattern.test(name) || reserved.has(name) || fieldOfScaled(name) !== undefined)
      return `field ${shown(name)} is not a quantity's name`
    if (typeof fields[name] !== 'number') return `field ${name} is text, conditions are numbers`
    if (!Number.isFinite(fields[name])) return `field ${name} is not a finite number`
  }
  return any ? undefined : 'no fields'
}

function flawOfFixed({ fields, measurement }: Point, types: Readonly<Record<string, FieldType>>): string | undefined {
  let any = false
  for (const name in fields) {
    any = true
    const value = fields[name]
    const type = Object.hasOwn(types, name) ? types[name] : undefined
    if (type === undefined) return `${measurement} has no field ${shown(name)}`
    if (typeof value !== type) return `field ${name} is not a ${type === 'number' ? 'number' : 'text'}`
    if (typeof value === 'number' && !Number.isFinite(value)) return `field ${name} is not a finite number`
    if (typeof value === 'string' && value.length > longestText) return `field ${name} is too long`
    if (typeof value === 'string' && !value.isWellFormed()) return `field ${name} is not well-formed text`
  }
  return any ? undefined : 'no fields'
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 32))
}

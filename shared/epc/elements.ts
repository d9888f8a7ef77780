import { checkDigitOf, isChecked } from './check-digit.ts'
import {
  companyPrefixDigits,
  type ElementShape,
  flawOf,
  type Identity,
  type Scheme,
  type SchemeName,
  schemeOf,
  schemes,
} from './schemes.ts'

/** One GS1 Application Identifier with its value, as in `(01)09506000134352`. */
export type Element = readonly [ai: string, value: string]
/** In the order in which they were given. */
export type Elements = readonly Element[]

export function elementValue(elements: Elements, ai: string): string | undefined {
  return elements.find(([name]) => name === ai)?.[1]
}

/**
 * An identity → the same as GS1 elements, check digits computed (TDS 2.3 §7). Undefined for GID, USDoD, ADI, BIC and
 * IMO numbers, which are none of GS1.
 */
export function elementsOf(identity: Identity): Elements | undefined {
  const { elements } = schemeOf(identity.scheme)
  if (elements === undefined) return undefined
  return elements.flatMap((shape): Element[] => {
    const value = elementOf(shape, identity.parts)
    return value === shape.unless ? [] : [[shape.ai, value]]
  })
}

function elementOf({ key, lead = '', parts = [] }: ElementShape, values: readonly string[]): string {
  const [companyPrefix = '', reference = ''] = values
  const rest = parts.map((i) => values[i] ?? '').join('')
  if (key === undefined) return rest
  if (key === 'joined') return companyPrefix + reference + rest
  const body = key === 'plain' ? companyPrefix + reference : reference.slice(0, 1) + companyPrefix + reference.slice(1)
  return lead + body + checkDigitOf(body) + rest
}

/**
 * Elements → every identity that they may be: a key does not tell how long its company prefix is, so there is one for
 * each of the lengths from 6 to 12, unless the length is known. Elements beyond the identity (dates, weights) are left
 * aside; a lot is told of only where there is no serial. Empty where no key is among them, or a check digit is wrong.
 */
export function identitiesOf(elements: Elements, companyPrefixLength?: number): readonly Identity[] {
  for (const scheme of Object.keys(schemes) as SchemeName[]) {
    const { elements: shapes } = schemeOf(scheme)
    if (shapes === undefined) continue
    const values = shapes.map(({ ai, unless }) => elementValue(elements, ai) ?? unless)
    if (values.some((value) => value === undefined)) continue
    const lengths =
      companyPrefixLength === undefined
        ? Array.from({ length: 7 }, (_, i) => companyPrefixDigits.least + i)
        : [companyPrefixLength]
    return lengths.flatMap((length) => identityFrom(scheme, values as readonly string[], length) ?? [])
  }
  return []
}

function identityFrom(scheme: SchemeName, values: readonly string[], length: number): Identity | undefined {
  const shape: Scheme = schemeOf(scheme)
  const parts: string[] = []
  for (const [i, element] of (shape.elements ?? []).entries()) {
    const value = values[i] ?? ''
    const rest = element.key === undefined ? value : takeKey(shape, element, value, length, parts)
    if (rest === undefined) return undefined
    let left = rest
    for (const part of element.parts ?? []) {
      const wanted = shape.parts[part]
      const count = wanted?.is === 'digits' ? wanted.digits : left.length
      parts[part] = left.slice(0, count)
      left = left.slice(count)
    }
    if (left !== '') return undefined
  }
  const identity = { scheme, parts }
  return flawOf(identity) === undefined ? identity : undefined
}

/** Puts company prefix and reference into `parts`; what of the value is not key is handed back. */
function takeKey(
  { parts: shapes }: Scheme,
  { key, lead = '' }: ElementShape,
  value: string,
  length: number,
  parts: string[],
): string | undefined {
  const reference = shapes[1]
  if (key === 'joined') {
    parts.push(value.slice(0, length), value.slice(length))
    return ''
  }
  if (reference?.is !== 'fill' || !value.startsWith(lead)) return undefined
  const checked = value.slice(lead.length, lead.length + reference.digits + 1)
  if (checked.length !== reference.digits + 1 || !isChecked(checked)) return undefined
  const body = checked.slice(0, -1)
  if (key === 'plain') parts.push(body.slice(0, length), body.slice(length))
  else parts.push(body.slice(1, 1 + length), body.slice(0, 1) + body.slice(1 + length))
  return value.slice(lead.length + checked.length)
}

import { readCode } from './code.ts'
import { decodeEpc } from './decode.ts'
import { bracketed } from './element-string.ts'
import { elementsOf, identitiesOf } from './elements.ts'
import type { Identity } from './schemes.ts'

/**
 * One text for one object, whatever names it: a tag of any coding and filter value, a barcode, a Digital Link. GS1 keys as
 * elements, `(00)…` or `(01)…(21)…`; other tags by their hex. undefined: a class of objects, or nothing that is known.
 */
export function objectOf(code: string): string | undefined {
  const read = readCode(code)
  if (!read.ok) return undefined
  switch (read.value.is) {
    case 'tag':
      return objectOfTag(read.value.hex)
    case 'identity':
      return textOf(read.value.identity)
    case 'elements':
      return textOf(identitiesOf(read.value.elements)[0])
  }
}

/** The same for the hex of a tag; there is always one. */
export function objectOfTag(hex: string): string {
  const epc = decodeEpc(hex)
  const identity = epc.is === 'tag' ? epc.identity : epc.is === 'plus' ? identitiesOf(epc.elements)[0] : undefined
  return textOf(identity) ?? hex
}

/** A logistic unit: an SSCC, whatever its tag. */
export function isUnit(hex: string): boolean {
  return isUnitObject(objectOfTag(hex))
}

/** The same for what `objectOf` says; what names nothing is no unit. */
export function isUnitObject(object: string | undefined): boolean {
  return object?.startsWith('(00)') === true
}

function textOf(identity: Identity | undefined): string | undefined {
  const elements = identity && elementsOf(identity)
  return elements && bracketed(elements)
}

import { decodeEpc } from './decode.ts'
import { digitalLinkOf } from './digital-link.ts'
import { bracketed } from './element-string.ts'
import { type Elements, elementsOf, elementValue } from './elements.ts'
import type { Epc } from './epc.ts'
import { identityUri, rawUri, tagUri } from './uri.ts'

/** An EPC in every form that it has; null: it has none of that form. */
export interface EpcForms {
  /** `sgtin-96`, `sgtin+`, or why it is raw: `tid`, `header`, `length`, `value`, `not-hex`. */
  readonly coding: string
  /** `urn:epc:tag:…`, `urn:epc:raw:…`; a coding of TDS 2.x is raw too, having no tag URI. */
  readonly tagUri: string
  /** `urn:epc:id:…` */
  readonly pureIdentity: string | null
  /** `(01)…(21)…` */
  readonly elementString: string | null
  /** On `https://id.gs1.org`. */
  readonly digitalLink: string | null
}

export function describeEpc(hex: string): EpcForms {
  const epc = decodeEpc(hex)
  const elements = elementsIn(epc)
  return {
    coding: epc.is === 'raw' ? epc.reason : epc.coding,
    tagUri: epc.is === 'tag' ? tagUri(epc) : rawUri(hex),
    pureIdentity: epc.is === 'tag' ? identityUri(epc.identity) : null,
    elementString: elements === undefined ? null : bracketed(elements),
    digitalLink: (elements === undefined ? undefined : digitalLinkOf(elements)) ?? null,
  }
}

/** The GTIN of 14 digits of the article that a tag is on; undefined: it says none. */
export function gtinOfEpc(hex: string): string | undefined {
  return elementValue(elementsIn(decodeEpc(hex)) ?? [], '01')
}

function elementsIn(epc: Epc): Elements | undefined {
  if (epc.is === 'raw') return undefined
  return epc.is === 'plus' ? epc.elements : elementsOf(epc.identity)
}

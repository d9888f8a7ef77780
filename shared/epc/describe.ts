import type { EpcForms } from '../api.ts'
import { decodeEpc } from './decode.ts'
import { digitalLinkOf } from './digital-link.ts'
import { bracketed } from './element-string.ts'
import { type Elements, elementsOf } from './elements.ts'
import type { Epc } from './epc.ts'
import { identityUri, rawUri, tagUri } from './uri.ts'

/** Every form that an EPC has; a coding of TDS 2.x has no tag URI and is told as raw bits there. */
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

function elementsIn(epc: Epc): Elements | undefined {
  if (epc.is === 'raw') return undefined
  return epc.is === 'plus' ? epc.elements : elementsOf(epc.identity)
}

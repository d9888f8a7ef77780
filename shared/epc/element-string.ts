import { accepted, type Decoded, refused } from '../decoded.ts'
import { applicationIdentifier, flawOfValue, isPredefined, leadingIdentifier } from './application-identifiers.ts'
import type { Element, Elements } from './elements.ts'

/** FNC1 as scanners send it between elements: ASCII 29, group separator. */
export const fnc1 = '\u001d'
/** Longest text taken for a code; a GS1 DataMatrix of the largest size holds fewer characters than 4,096. */
const longestText = 4096
/** GS1-128, DataBar, GS1 DataMatrix, GS1 QR, GS1 DotCode (ISO/IEC 15424): what follows are elements. */
const gs1Symbology = /^\](?:C1|e0|d2|Q3|J1)/

/** Does text say by itself that GS1 elements follow? */
export function announcesElements(text: string): boolean {
  return gs1Symbology.test(text) || text.startsWith(fnc1) || /^\(\d{2,4}\)/.test(text)
}

/**
 * GS1 elements as a scanner sends them (with or without symbology identifier, FNC1 as ASCII 29 or spelt `{GS}`,
 * `{FNC1}`), or as people read them, identifiers in brackets. Every value is checked: characters, length, check digit,
 * date. One identifier twice is refused unless both say the same.
 */
export function parseElementString(text: string): Decoded<Elements> {
  if (text.length > longestText) return refused('overlong')
  const body = text.replace(gs1Symbology, '').replace(/\{(?:GS|FNC1)\}/gi, fnc1)
  const elements = body.startsWith('(') ? splitBracketed(body) : splitPlain(body)
  return elements.ok ? checkElements(elements.value) : elements
}

/** Known identifiers, right values, nothing contradicting itself; the elements without repetitions. */
export function checkElements(elements: Elements): Decoded<Elements> {
  const said = new Map<string, string>()
  for (const [ai, value] of elements) {
    const known = applicationIdentifier(ai)
    if (known === undefined) return refused('unsupported', `(${ai.slice(0, 4)})`)
    const flaw = flawOfValue(known, value)
    if (flaw !== undefined) return refused(flaw === 'check digit' ? 'checksum' : 'implausible', `(${ai}) ${flaw}`)
    if ((said.get(ai) ?? value) !== value) return refused('implausible', `(${ai}) twice`)
    said.set(ai, value)
  }
  return said.size === 0 ? refused('incomplete') : accepted([...said])
}

function splitPlain(text: string): Decoded<Elements> {
  const elements: Element[] = []
  for (let at = 0; at < text.length; ) {
    if (text[at] === fnc1) {
      at += 1
      continue
    }
    const ai = leadingIdentifier(text.slice(at, at + 4))
    const known = ai === undefined ? undefined : applicationIdentifier(ai)
    if (ai === undefined || known === undefined) return refused('unsupported', `(${text.slice(at, at + 4)})`)
    at += ai.length
    const separator = text.indexOf(fnc1, at)
    const end = isPredefined(ai) ? at + known.longest : separator === -1 ? text.length : separator
    elements.push([ai, text.slice(at, end)])
    at = end
  }
  return accepted(elements)
}

/** A bracket with a number that is no identifier belongs to the value: serials may have brackets. */
function splitBracketed(text: string): Decoded<Elements> {
  const elements: [ai: string, value: string][] = []
  let at = 0
  for (const match of text.matchAll(/\((\d{2,4})\)/g)) {
    const ai = match[1] ?? ''
    if (applicationIdentifier(ai) === undefined) {
      if (elements.length === 0) return refused('unsupported', match[0])
      continue
    }
    const last = elements.at(-1)
    if (last !== undefined) last[1] = text.slice(at, match.index)
    elements.push([ai, ''])
    at = match.index + match[0].length
  }
  const last = elements.at(-1)
  if (last === undefined) return refused('format')
  last[1] = text.slice(at)
  return accepted(elements.map(([ai, value]): Element => [ai, value.replaceAll(fnc1, '')]))
}

/** As people read it: `(01)09506000134352(21)32a/b`. */
export function bracketed(elements: Elements): string {
  return elements.map(([ai, value]) => `(${ai})${value}`).join('')
}

/** As a scanner sends it, FNC1 where the standard has it and no symbology identifier. */
export function elementString(elements: Elements): string {
  const last = elements.length - 1
  return elements.map(([ai, value], i) => ai + value + (i < last && !isPredefined(ai) ? fnc1 : '')).join('')
}

/** A measure or an amount of money with its decimals: `['3103', '001250']` is 1.25. */
export function amountOf([ai, value]: Element): number | undefined {
  if (applicationIdentifier(ai)?.row.endsWith('n') !== true) return undefined
  const digits = ai.startsWith('391') || ai.startsWith('393') ? value.slice(3) : value // after the currency
  return Number(digits) / 10 ** Number(ai.slice(3))
}

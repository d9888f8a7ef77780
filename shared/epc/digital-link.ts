import { type Decoded, refused } from '../decoded.ts'
import { applicationIdentifier } from './application-identifiers.ts'
import { gtin14Of } from './check-digit.ts'
import { checkElements } from './element-string.ts'
import type { Element, Elements } from './elements.ts'

/**
 * GS1 Digital Link URIs, uncompressed: which keys may lead the path, and which qualifiers may follow each, in the order
 * in which they are written (GS1 Digital Link Standard: URI Syntax, "path expressions").
 */
const qualifiersOf: Readonly<Record<string, readonly string[]>> = {
  '00': [],
  '01': ['22', '10', '21', '235'],
  '253': [],
  '255': [],
  '401': [],
  '402': [],
  '414': ['254'],
  '415': ['8020'],
  '417': [],
  '8003': [],
  '8004': [],
  '8006': ['22', '10', '21'],
  '8010': ['8011'],
  '8013': [],
  '8017': ['8019'],
  '8018': ['8019'],
}

/** Words of the first edition; resolvers still print them. */
const words: Readonly<Record<string, string>> = {
  gtin: '01',
  cpv: '22',
  lot: '10',
  ser: '21',
  sscc: '00',
  gln: '414',
  glnx: '254',
  grai: '8003',
  giai: '8004',
  gsrn: '8018',
  gdti: '253',
  cpid: '8010',
  cpsn: '8011',
}

const uriShape = /^https?:\/\/[^/?#\s]+(\/[^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?$/i
const longestUri = 2048

/**
 * A Digital Link of any domain, behind any path of that domain → its elements: the key, qualifiers in whatever order
 * they stand, then attributes of the query. Queries that are no identifier (`linkType`) are left aside. A short GTIN
 * gets its zeros. Compressed links are not taken.
 */
export function parseDigitalLink(text: string): Decoded<Elements> {
  if (text.length > longestUri) return refused('overlong')
  const [, path, query = ''] = uriShape.exec(text) ?? []
  if (path === undefined) return refused('format', 'no web address')
  const said = elementsInPath(path.replace(/\/+$/, '').split('/').slice(1))
  if (said === undefined) return refused('format', 'no GS1 key in the path')
  return checkElements([...said, ...elementsInQuery(query)])
}

/** Where a key stands with nothing but its qualifiers behind it. */
function elementsInPath(segments: readonly string[]): Elements | undefined {
  for (let at = segments.length - 2; at >= 0; at -= 2) {
    const key = identifierOf(segments[at] ?? '')
    const qualifiers = Object.hasOwn(qualifiersOf, key) ? qualifiersOf[key] : undefined
    if (qualifiers === undefined) continue
    const elements: Element[] = []
    for (let i = at; i < segments.length; i += 2) {
      const ai = identifierOf(segments[i] ?? '')
      if (i > at && !qualifiers.includes(ai)) return undefined
      const value = decoded(segments[i + 1] ?? '')
      elements.push([ai, ai === '01' ? (gtin14Of(value) ?? value) : value])
    }
    return elements
  }
  return undefined
}

function elementsInQuery(query: string): Elements {
  return query.split(/[&;]/).flatMap((pair): Element[] => {
    const [name = '', value = ''] = pair.split('=', 2)
    const ai = identifierOf(name)
    return applicationIdentifier(ai) === undefined ? [] : [[ai, decoded(value)]]
  })
}

function identifierOf(text: string): string {
  return Object.hasOwn(words, text) ? (words[text] ?? text) : text
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a stray % is no escape
  }
}

/**
 * Elements → a Digital Link: the key and its qualifiers in the path, the rest in the query. Undefined where no key is
 * among them. On `https://id.gs1.org` this is the canonical form.
 */
export function digitalLinkOf(elements: Elements, domain = 'https://id.gs1.org'): string | undefined {
  const key = elements.find(([ai]) => Object.hasOwn(qualifiersOf, ai))
  if (key === undefined) return undefined
  const order = [key[0], ...(qualifiersOf[key[0]] ?? [])]
  const inPath = order.flatMap((wanted) => elements.filter(([ai]) => ai === wanted))
  const path = inPath.map(([ai, value]) => `/${ai}/${encoded(value)}`).join('')
  const query = elements.filter(([ai]) => !order.includes(ai)).map(([ai, value]) => `${ai}=${encoded(value)}`)
  return domain + path + (query.length === 0 ? '' : `?${query.join('&')}`)
}

function encoded(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

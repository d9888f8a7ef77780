import { accepted, type Decoded, refused } from '../decoded.ts'
import { escapeForUri, unescapeFromUri } from './characters.ts'
import { type CodingName, codingOf, codings } from './codings.ts'
import type { TagEpc } from './epc.ts'
import { flawOf, type Identity, type SchemeName, schemeOf, schemes } from './schemes.ts'

/** `urn:epc:id:sgtin:0614141.812345.6789`, or `urn:epc:class:` for a class of objects (TDS 2.3 §6, §8). */
export function identityUri({ scheme, parts }: Identity): string {
  return `urn:epc:${schemeOf(scheme).isClass ? 'class' : 'id'}:${scheme}:${parts.map(escapeForUri).join('.')}`
}

/** `urn:epc:tag:sgtin-96:3.0614141.812345.6789` (§12). */
export function tagUri({ coding, filter, identity }: Pick<TagEpc, 'coding' | 'filter' | 'identity'>): string {
  const parts = identity.parts.map(escapeForUri)
  return `urn:epc:tag:${coding}:${(filter === null ? parts : [String(filter), ...parts]).join('.')}`
}

/** `urn:epc:raw:96.x3074257BF7194E4000001A85` (§12.2): says only which bits they are. */
export function rawUri(hex: string): string {
  return `urn:epc:raw:${hex.length * 4}.x${hex.toUpperCase()}`
}

export type EpcUri =
  | { readonly is: 'identity'; readonly identity: Identity }
  | { readonly is: 'tag'; readonly coding: CodingName; readonly filter: number; readonly identity: Identity }
  | { readonly is: 'raw'; readonly hex: string }
  /** `urn:epc:idpat:`: a whole class where the last part is `*`. */
  | { readonly is: 'pattern'; readonly identity: Identity }

const uriShape = /^urn:epc:(id|class|idpat|tag|raw):(?:([a-z0-9-]+):)?(.*)$/i
const rawShape = /^(\d+)\.x([0-9A-F]+)$/i

/** Any EPC URI, taken apart. The words of the URI in any case; what they say is checked. */
export function parseEpcUri(text: string): Decoded<EpcUri> {
  const [, form = '', name = '', body = ''] = uriShape.exec(text) ?? []
  switch (form.toLowerCase()) {
    case 'id':
    case 'class':
      return parseIdentity(name.toLowerCase(), body, form.toLowerCase() === 'class')
    case 'idpat':
      return parsePattern(name.toLowerCase(), body)
    case 'tag':
      return parseTag(name.toLowerCase(), body)
    case 'raw':
      return parseRaw(body)
    default:
      return refused('format', 'no EPC URI')
  }
}

function parseIdentity(scheme: string, body: string, isClass: boolean): Decoded<EpcUri> {
  const identity = identityFrom(scheme, body)
  if (!identity.ok) return identity
  if ((schemeOf(identity.value.scheme).isClass ?? false) !== isClass) return refused('format', `urn:epc:… of ${scheme}`)
  return accepted({ is: 'identity', identity: identity.value })
}

function parseTag(coding: string, body: string): Decoded<EpcUri> {
  if (!isCoding(coding)) return refused('unsupported', `coding ${coding.slice(0, 32)}`)
  const { scheme, filter } = codingOf(coding)
  const dot = filter === 0 ? -1 : body.indexOf('.')
  const text = filter === 0 ? '0' : body.slice(0, Math.max(dot, 0))
  if (!/^(?:0|[1-9]\d?)$/.test(text) || Number(text) >= Math.max(2 ** filter, 1))
    return refused('implausible', 'filter')
  const identity = identityFrom(scheme, body.slice(dot + 1))
  return identity.ok ? accepted({ is: 'tag', coding, filter: Number(text), identity: identity.value }) : identity
}

function parseRaw(body: string): Decoded<EpcUri> {
  const [, bits, hex = ''] = rawShape.exec(body) ?? []
  if (bits === undefined || Number(bits) !== hex.length * 4) return refused('format', 'raw URI')
  return accepted({ is: 'raw', hex: hex.toUpperCase() })
}

/** What `*` may stand for: the last part, where that is not filled up to a length by the company prefix. */
function parsePattern(scheme: string, body: string): Decoded<EpcUri> {
  if (!body.endsWith('*')) {
    const whole = identityFrom(scheme, body)
    return whole.ok ? accepted({ is: 'pattern', identity: whole.value }) : whole
  }
  if (!isScheme(scheme) || !schemeOf(scheme).hasPattern) return refused('format', 'no such pattern')
  const parts = body.split('.')
  const stand = standIn(scheme)
  const flaw = flawOf({ scheme, parts: [...parts.slice(0, -1), stand] })
  if (flaw !== undefined || parts.at(-1) !== '*') return refused('format', flaw ?? 'pattern')
  return accepted({ is: 'pattern', identity: { scheme, parts } })
}

function standIn(scheme: SchemeName): string {
  return schemeOf(scheme).parts.at(-1)?.is === 'joined' ? '0' : '1'
}

function identityFrom(scheme: string, body: string): Decoded<Identity> {
  if (!isScheme(scheme)) return refused('unsupported', `scheme ${scheme.slice(0, 32)}`)
  const { parts: shapes } = schemeOf(scheme)
  // A dot is itself a character of serials: what is too much belongs to the last part.
  const pieces = body.split('.')
  const last = shapes.length - 1
  const texts = [...pieces.slice(0, last), pieces.slice(last).join('.')]
  const parts = texts.map(unescapeFromUri)
  if (parts.includes(undefined)) return refused('format', 'escape')
  const identity = { scheme, parts: parts as readonly string[] }
  const flaw = pieces.length < shapes.length ? `${scheme} has ${shapes.length} parts` : flawOf(identity)
  return flaw === undefined ? accepted(identity) : refused('implausible', flaw)
}

function isScheme(name: string): name is SchemeName {
  return Object.hasOwn(schemes, name)
}

function isCoding(name: string): name is CodingName {
  return Object.hasOwn(codings, name)
}

import type { House } from '../../security/house.ts'
import { bytesOf, type Chance, type Door, textOf } from './door.ts'

type Json = Readonly<Record<string, unknown>>

/** Requests are counted by token. */
const tokensTaken = 24

/** Every operation of the OpenAPI document, with bodies made from its schemas and bent. */
export const httpDoor: Door = {
  name: 'http bodies',
  async attack(house, chance, { taken, broke }, signal) {
    const document = (await (await fetch(`${house.street.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Json>>
    }
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    )
    const tokens = await takeTokens(house)
    for (let turn = 0; !signal.aborted; turn += 1) {
      const { path, method, operation } = chance.pick(operations)
      // Signing out ends the attack, not the server.
      if (method === 'DELETE' && path.endsWith('/session')) continue
      const body = bodyOf(operation, chance)
      const url = `${house.street.url}${pathOf(path, chance)}${queryOf(operation, chance)}`
      taken()
      await ask(url, method, body, tokens[turn % tokens.length] ?? '', broke)
    }
  },
}

/** CSV of items, as people upload it, whole and in dry runs. */
export const csvDoor: Door = {
  name: 'csv imports',
  async attack(house, chance, { taken, broke }, signal) {
    const tokens = await takeTokens(house)
    const good = ['epc,sku\nE200,BOLT\nE201,"NUT, M8"\n', 'slot,zone\nA1,A\n', '\uFEFFepc;sku\r\nE2;"x""y"\r\n'].map(
      bytesOf,
    )
    for (let turn = 0; !signal.aborted; turn += 1) {
      const what = chance.pick(['items', 'items', 'slots', 'skus', 'expected'])
      const bytes = chance.bytes(good)
      taken()
      const body = { bytes, type: 'text/csv' }
      const url = `${house.street.url}/api/v1/sites/north/import/${what}?dryRun=${chance.pick(['true', 'false'])}`
      await ask(url, 'POST', body, tokens[turn % tokens.length] ?? '', broke)
    }
  },
}

async function takeTokens(house: House): Promise<readonly string[]> {
  const tokens: string[] = []
  for (let i = 0; i < tokensTaken; i += 1) {
    const made = await house.street.send('POST', '/tokens', {
      name: `fuzz ${i}`,
      grants: [{ site: '*', role: 'admin' }],
      days: 1,
    })
    tokens.push(((await made.json()) as { secret: string }).secret)
  }
  return tokens
}

async function ask(
  url: string,
  method: string,
  body: { readonly bytes: Uint8Array; readonly type: string } | undefined,
  token: string,
  broke: (what: string) => void,
): Promise<void> {
  const told = () =>
    `${method} ${url} ${body === undefined ? '' : Buffer.from(body.bytes).toString('utf8').slice(0, 500)}`
  try {
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': body.type }) },
      ...(body === undefined || method === 'GET' ? {} : { body: Buffer.from(body.bytes) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await answer.text()
    if (answer.status < 500) return
    const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true
    if (!isProblem) broke(`${told()} → ${answer.status} without a problem document: ${text}`)
    else if (answer.status === 500) broke(`${told()} → 500: ${text}`)
  } catch (thrown) {
    if (!(thrown instanceof TypeError && String(thrown.cause).includes('Invalid URL')))
      broke(`${told()} → no answer: ${String(thrown)}`)
  }
}

function pathOf(path: string, chance: Chance): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (name === 'site') return chance.pick(['north', 'north', 'north', encodeURIComponent(chance.text())])
    return encodeURIComponent(chance.pick(['E200', 'gw', 'r1', chance.text()]))
  })
}

function queryOf(operation: Json, chance: Chance): string {
  const parameters = (operation['parameters'] ?? []) as { in: string; name: string; schema?: Json }[]
  const pairs = parameters
    .filter((parameter) => parameter.in === 'query' && chance.pick([true, true, false]))
    .map(({ name, schema }) => `${name}=${encodeURIComponent(textOf(chance.bend(sampleOf(schema ?? {}, chance))))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function bodyOf(operation: Json, chance: Chance): { readonly bytes: Uint8Array; readonly type: string } | undefined {
  const content = (operation['requestBody'] as { content?: Record<string, { schema: Json }> } | undefined)?.content
  const schema = content?.['application/json']?.schema
  if (schema === undefined) return undefined
  const sample = sampleOf(schema, chance)
  const type = chance.pick([
    'application/json',
    'application/json',
    'application/json',
    'text/csv',
    'application/json; charset=utf-16',
  ])
  return {
    type,
    bytes: chance.pick([true, true, false]) ? bytesOf(chance.bend(sample)) : chance.bytes([bytesOf(sample)]),
  }
}

/** A value that the schema would take, more or less. */
function sampleOf(schema: Json, chance: Chance, depth = 0): unknown {
  const options = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined
  if (options !== undefined) return sampleOf(chance.pick(options), chance, depth)
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return chance.pick(schema['enum'])
  if ('default' in schema && chance.pick([true, false])) return schema['default']
  switch (schema['type']) {
    case 'object':
      return depth > 6
        ? {}
        : Object.fromEntries(
            Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([key, member]) => [
              key,
              sampleOf(member, chance, depth + 1),
            ]),
          )
    case 'array':
      return depth > 6 ? [] : [sampleOf((schema['items'] ?? {}) as Json, chance, depth + 1)]
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? 1)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return chance.pick(['north', 'r1', 'temperature', '2026-11-28T00:00:00.000Z', 'E200', chance.text()])
  }
}

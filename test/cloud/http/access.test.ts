import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Role, roles } from '../../../cloud/accounts/roles.ts'
import { leastRoles } from '../../../cloud/http/access.ts'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import { Rule } from '../../../shared/rule.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'
import { smallMap, someAlert, someGateway, someItem } from '../../support/warehouse.ts'

const routes = Object.entries(leastRoles).map(([route, least]) => {
  const [method = '', url = ''] = route.split(' ')
  return { route, method: method as 'GET' | 'POST' | 'PUT' | 'DELETE', least, path: fill(url) }
})

function fill(url: string): string {
  return url
    .replace(':site', 'harbour')
    .replace(':epc', 'E200')
    .replace('alerts/:id', 'alerts/a1')
    .replace('tokens/:id', 'tokens/0123456789abcdef')
    .replace(':id', 'r1')
    .replace(':name', 'mia')
    .replace(/:gateway(.*)/, 'gw1$1?site=harbour')
}

const rule = {
  type: 'silent',
  id: 'r1',
  site: 'harbour',
  name: 'Gate silent',
  severity: 2,
  of: 'gateway',
  afterMs: 60_000,
} as const

/** What makes each change valid, so that only the asker can be the reason for a refusal. */
const bodies: Readonly<Record<string, object | string>> = {
  'PUT /api/v1/sites/:site/map': smallMap('harbour', 2),
  'POST /api/v1/sites/:site/import/items': 'epc,sku\nE200,BOLT\n',
  'POST /api/v1/alerts/:id/comment': { comment: 'seen' },
  'POST /api/v1/alerts/:id/shelve': { comment: 'known' },
  'POST /api/v1/alerts/:id/assign': { to: 'mia' },
  'PUT /api/v1/sites/:site/maintenance/:id': { reason: 'defrosting', from: 0 },
  'POST /api/v1/rules': { ...rule, id: 'r2' },
  'POST /api/v1/rules/try': { rule },
  'PUT /api/v1/rules/:id': rule,
  'PUT /api/v1/session/password': { password: 'three grey pallets' },
  'PUT /api/v1/people/:name': { grants: [{ site: 'harbour', role: 'floor' }] },
  'POST /api/v1/tokens': { name: 'wall', grants: [{ site: 'harbour', role: 'viewer' }] },
  'POST /api/v1/gateways': { site: 'harbour', gateway: 'gw2' },
}

let bench: Bench
let app: Api

beforeAll(async () => {
  bench = makeBench()
  bench.house.maps.push(smallMap('harbour'), smallMap('elsewhere'))
  bench.house.alerts.push(someAlert('a1', 'harbour'))
  bench.house.items.push(someItem('E200', 'harbour'))
  bench.house.gateways.push(someGateway('gw1', 'harbour'))
  bench.house.rules.push(Rule.parse(rule))
  bench.house.maintenance.push({ id: 'r1', site: 'harbour', reason: 'defrosting', from: 0 })
  app = await makeApp(bench.parts, { version: '0.0.0', requestsPerMinute: 100_000 })
})
afterAll(async () => {
  await app.close()
  bench.close()
})

describe('the table of roles', () => {
  test('names every route of the API, and nothing else', async () => {
    const document = await app.inject('/openapi.json')
    const { paths } = document.json<{ paths: Record<string, Record<string, unknown>> }>()
    const described = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/'))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
      )
    expect(described.sort()).toEqual(Object.keys(leastRoles).sort())
  })

  test('is complete, or the server does not start', async () => {
    const late = await makeApp(makeBench().parts, { version: '0.0.0' })
    expect(() => late.get('/api/v1/secrets', async () => 'x')).toThrow('No role named for GET /api/v1/secrets')
    await late.close()
  })
})

beforeEach(() => {
  for (const name of bench.inForce()) {
    const [site = '', gateway = ''] = name.split('/')
    bench.gatewayAccounts.revoke({ site, gateway })
  }
  bench.gatewayAccounts.addGateway({ site: 'harbour', gateway: 'gw1' })
})

describe.each(routes.filter(({ least }) => least !== 'anyone'))('$route', ({ route, method, path, least }) => {
  test('is closed without a session', async () => {
    const answer = await app.inject({ method, url: path, headers: { 'sec-fetch-site': 'same-origin' } })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ code: 'not-allowed', title: 'Sign in first' })
  })

  test.each(roles.map((role) => ({ role })))('as $role', async ({ role }) => {
    const answer = await app.inject({ method, url: path, headers: bench.bearer(role, 'harbour') })
    if (roles.indexOf(role) < roles.indexOf(least as Role)) {
      expect(answer.statusCode).toBe(403)
      expect(answer.json<{ detail: string }>().detail).toContain(`needs the role "${least}"`)
    } else expect([401, 403]).not.toContain(answer.statusCode)
  })

  test('gives nothing of a site to who has no role there', async () => {
    const before = bench.journalled.length
    const payload = bodies[route]
    const answer = await app.inject({
      method,
      url: path,
      headers: {
        ...bench.bearer('admin', 'elsewhere'),
        ...(typeof payload === 'string' && { 'content-type': 'text/csv' }),
      },
      ...(payload !== undefined && { payload }),
    })
    if (
      path === '/api/v1/sites' ||
      path === '/api/v1/rules' ||
      path === '/api/v1/gateways' ||
      path === '/api/v1/audit' ||
      (method === 'GET' && ['/api/v1/people', '/api/v1/tokens'].includes(path)) ||
      path === '/api/v1/session/password' ||
      path.endsWith('session')
    ) {
      if (method === 'GET') expect(answer.payload).not.toContain('harbour')
    } else expect(answer.statusCode).toBe(404)
    if (method === 'POST' && path !== '/api/v1/session') expect(answer.statusCode).toBe(404)
    if (path.includes('/alerts/a1') || path.startsWith('/api/v1/items/'))
      expect(answer.payload).not.toContain('harbour')
    expect(bench.journalled).toHaveLength(before)
    expect(bench.inForce()).toEqual(['harbour/gw1'])
  })
})

describe('a change with a cookie', () => {
  const body = { key: 'x' }
  test.each([
    ['from another page', { origin: 'https://evil.example', host: 'localhost' }, 403],
    ['from another port of this host', { origin: 'http://localhost:81', host: 'localhost' }, 403],
    ['from a page that hides its origin', { origin: 'null', host: 'localhost' }, 403],
    ['said to be cross-site', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost', host: 'localhost' }, 403],
    ['that names no origin at all', { host: 'localhost' }, 403],
    ['from the board', { origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' }, 201],
    ['from the board, in a browser without fetch metadata', { origin: 'http://localhost', host: 'localhost' }, 201],
  ])('%s', async (_name, headers, status) => {
    const { key } = bench.people.makeSignInKey()
    const answer = await app.inject({ method: 'POST', url: '/api/v1/session', headers, payload: { ...body, key } })
    expect(answer.statusCode).toBe(status)
  })
})

describe('the audit', () => {
  const changing = routes.filter(({ method, least }) => method !== 'GET' && least !== 'anyone')
  test.each(changing)('has who asked for $route, from where, and what came of it', async ({ route, method, path }) => {
    const payload = bodies[route]
    const csv = typeof payload === 'string' && { 'content-type': 'text/csv' }
    const send = (headers: Readonly<Record<string, string>>) =>
      app.inject({ method, url: path, headers: { ...headers, ...csv }, ...(payload !== undefined && { payload }) })
    bench.clock.at += 3_600_000 // refusals are told a few a minute
    const before = bench.audit.page({ limit: 1, sites: 'every' }).entries[0]?.number ?? 0
    const { statusCode } = await send(bench.bearer('admin', 'harbour'))
    await send({ 'sec-fetch-site': 'same-origin' })
    const { entries } = bench.audit.page({ limit: 9, sites: 'every' })
    const fresh = entries.filter(({ number }) => number > before)
    const [stranger, admin] = fresh.filter(({ act }) => act === route)
    expect(stranger).toMatchObject({ who: '', via: 'nobody', from: '127.0.0.1', outcome: 'refused', detail: '401' })
    expect(admin).toMatchObject({
      via: 'token',
      outcome: statusCode < 400 ? 'done' : statusCode === 403 ? 'refused' : 'failed',
      at: bench.clock.at,
    })
    expect(admin?.who).not.toBe('')
  })

  test('tells an administrator of a site of that site alone', async () => {
    await app.inject({ method: 'DELETE', url: '/api/v1/gateways/gw1?site=harbour', headers: bench.bearer('admin') })
    const read = async (site?: string) => {
      const answer = await app.inject({ url: '/api/v1/audit?limit=500', headers: bench.bearer('admin', site) })
      return answer.json<{ items: { site: string | null }[] }>().items.map((entry) => entry.site)
    }
    expect(new Set(await read('harbour'))).toEqual(new Set(['harbour']))
    expect(await read('elsewhere')).not.toContain('harbour')
    expect(await read()).toEqual(expect.arrayContaining([null, 'harbour']))
  })
})

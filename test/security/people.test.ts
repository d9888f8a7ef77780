import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Role, roles } from '../../cloud/accounts/roles.ts'
import { leastRoles } from '../../cloud/http/access.ts'
import type { WatchReply } from '../../shared/board.ts'
import { Sender } from '../support/sender.ts'
import { patienceMs, until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'
import { type House, openHouse } from './house.ts'

/** Two tenants in one cloud that runs, and people who want what is not theirs. */

const sites = ['north', 'south'] as const
type Site = (typeof sites)[number]
/** A word in all that the site has, so that it is seen wherever it comes out. */
const mark = (site: Site) => `${site.toUpperCase()}MARK`
const epcOf = (site: Site, n: number) => `E2${site === 'north' ? 'AAAA' : 'BBBB'}${String(n).padStart(6, '0')}`

let house: House
const tokens = new Map<string, string>()
/** A token of this role on this site (`*`: every one). */
async function as(role: Role, site: string): Promise<{ authorization: string }> {
  const key = `${role} ${site}`
  const known =
    tokens.get(key) ??
    (await house.street.command('user', 'token', key.replace('*', 'all'), '--role', role, '--site', site)).trim()
  tokens.set(key, known)
  return { authorization: `Bearer ${known}` }
}

beforeAll(async () => {
  house = await openHouse()
  const secrets: Record<string, string> = { north: house.secrets.a }
  const added = await house.street.command('gateway', 'add', 'south', 'a', '--json')
  secrets['south'] = (JSON.parse(added) as { secret: string }).secret
  for (const site of sites) {
    const map = { ...smallMap(site), name: mark(site) }
    await house.street.send('PUT', `/sites/${site}/map`, map)
    await house.street.send('POST', '/rules', {
      type: 'threshold',
      id: `hot-${site}`,
      site,
      name: `${mark(site)} hot`,
      severity: 2,
      quantity: 'temperature',
      direction: 'above',
      limit: 8,
      clearAt: 7,
    })
    const sender = new Sender(house.street.brokerUrl, { site, gateway: 'a' }, secrets[site], (first, count) =>
      Array.from({ length: count }, (_, i) => {
        const at = Date.now() - 1000 + i
        return (first + i) % 2 === 0
          ? { kind: 'measurement', at, sensor: `${mark(site)}-1`, values: { temperature: 20 } }
          : {
              kind: 'observation',
              at,
              firstAt: at,
              readPoint: map.readPoints[0]?.id ?? '',
              epc: epcOf(site, first + i),
              count: 3,
            }
      }),
    )
    await sender.greet()
    sender.send(1, 40)
    await until('it is taken', () => sender.committed === 40)
    sender.client?.end(true)
  }
  await house.street.caughtUp()
})
afterAll(() => house.close())

async function call(method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown) {
  const answer = await fetch(`${house.street.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

/** The path of a route of the table, about things of `site`. */
async function pathAbout(site: Site, url: string): Promise<string> {
  const alerts = await house.street.get<{ items: { id: string }[] }>(`/sites/${site}/alerts?limit=1`)
  const alert = alerts.items[0]?.id
  if (alert === undefined) throw new Error('the rule raised no alert')
  return url
    .replace(':site', site)
    .replace(':epc', epcOf(site, 1))
    .replace('alerts/:id', `alerts/${encodeURIComponent(alert)}`)
    .replace('rules/:id', `rules/hot-${site}`)
    .replace('tokens/:id', 'tokens/0123456789abcdef')
    .replace(/gateways\/:gateway(.*)/, `gateways/a$1?site=${site}`)
    .replace(':name', 'somebody')
    .replace(/:\w+/g, 'x')
}

const routes = Object.entries(leastRoles)
  .filter(([, least]) => least !== 'anyone')
  .map(([route, least]) => {
    const [method = '', url = ''] = route.split(' ')
    return { route, method, url, least: least as Role }
  })

describe('S19 who administers the other site', () => {
  test.each(routes.filter(({ url }) => !url.includes('/session')))(
    'gets nothing of this one by $route',
    async ({ method, url }) => {
      for (const [mine, others] of [
        ['north', 'south'],
        ['south', 'north'],
      ] as const) {
        const path = await pathAbout(others, url)
        const { status, text } = await call(method, path, await as('admin', mine), method === 'GET' ? undefined : {})
        expect(text).not.toContain(mark(others))
        // That nobody has seen what was asked for may be said.
        expect(text.replaceAll(epcOf(others, 1), '')).not.toContain(epcOf(others, 1).slice(0, 8))
        if (/:site|:epc|alerts\/:id|rules\/:id|:gateway/.test(url)) expect([404, 400]).toContain(status)
        if (/:site|:epc|alerts\/:id/.test(url) && method === 'GET') expect(status).toBe(404)
      }
    },
  )

  test('and what is there comes out for who may see it, so that the words above would have been found', async () => {
    for (const site of sites) {
      const found = await Promise.all(
        [`/sites/${site}/map`, `/sites/${site}/items`, `/sites/${site}/alerts`, '/rules'].map(async (path) =>
          (await call('GET', `/api/v1${path}`, await as('viewer', site))).text.match(
            new RegExp(`${mark(site)}|${epcOf(site, 1).slice(0, 8)}`),
          ),
        ),
      )
      expect(found.every((match) => match !== null)).toBe(true)
    }
  })
})

describe('S20 a lesser role', () => {
  test.each(routes)('may not $route', async ({ method, url, least }) => {
    const path = await pathAbout('north', url)
    for (const role of roles.slice(0, roles.indexOf(least))) {
      const { status, text } = await call(method, path, await as(role, 'north'), method === 'GET' ? undefined : {})
      expect([role, status]).toEqual([role, 403])
      expect(text).toContain(`needs the role \\"${least}\\"`)
    }
    expect((await call(method, path, {}, method === 'GET' ? undefined : {})).status).toBe(method === 'GET' ? 401 : 403)
  })
})

describe('S21 the live link', () => {
  const link = (headers: Readonly<Record<string, string>>) => {
    const socket = io(`${house.street.url}/live`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: headers,
    })
    onTestFinished(() => void socket.disconnect())
    const heard: string[] = []
    socket.onAny((name: string) => heard.push(name))
    return { socket, heard }
  }

  test.each([
    ['without a token', {}],
    ['with a token of nobody', { authorization: 'Bearer wpt_nobody' }],
    ['with a cookie of nobody, from our own page', { cookie: 'warepulse_session=x', origin: 'http://localhost' }],
  ])('%s: refused before there is a socket', async (_name, headers) => {
    const { socket, heard } = link(headers)
    await new Promise((resolve) => socket.once('connect_error', resolve))
    expect([socket.connected, heard]).toEqual([false, []])
  })

  test('of the other site: refused, and neither forged events nor room names bring anything', async () => {
    const { socket, heard } = link(await as('viewer', 'south'))
    await new Promise<void>((resolve) => socket.once('connect', resolve))
    const reply: WatchReply = await socket.timeout(patienceMs).emitWithAck('watch', { site: 'north' })
    expect(reply.ok).toBe(false)
    for (const [event, ...args] of [
      ['join', 'north'],
      ['subscribe', { site: 'north' }],
      ['watch', { site: 'north', room: 'north', rooms: ['north'] }],
      ['watch', { site: ['north'] }],
      ['watch', { site: { $ne: '' } }],
      ['watch', 'north'],
      ['watch'],
    ] as const)
      socket.emit(event, ...args)
    // Something happens there, and heartbeats of it come every 2 s.
    await house.street.send('PUT', '/sites/north/map', { ...smallMap('north', 2), name: mark('north') })
    await new Promise((resolve) => setTimeout(resolve, 4500))
    expect(heard).toEqual([])
  })

  test('of a token that is revoked meanwhile: ended within seconds', async () => {
    const secret = (await house.street.command('user', 'token', 'short', '--role', 'viewer', '--site', 'north')).trim()
    const { socket } = link({ authorization: `Bearer ${secret}` })
    await new Promise<void>((resolve) => socket.once('connect', resolve))
    await socket.timeout(patienceMs).emitWithAck('watch', { site: 'north' })
    const listed = JSON.parse(await house.street.command('user', 'list', '--json')) as {
      tokens: { id: string; name: string }[]
    }
    const id = listed.tokens.find(({ name }) => name === 'short')?.id ?? ''
    await house.street.command('user', 'revoke-token', id)
    await until('it is out', () => !socket.connected)
  })
})

describe('S22 from a page that is not ours', () => {
  test('a WebSocket and a change with the cookie of somebody who is signed in', async () => {
    const link = await house.street.signInLink()
    const key = new URL(link).searchParams.get('k') ?? ''
    const signedIn = await fetch(`${house.street.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: house.street.url },
      body: JSON.stringify({ key }),
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
    const socket = io(`${house.street.url}/live`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { cookie, origin: 'https://evil.example' },
    })
    onTestFinished(() => void socket.disconnect())
    await new Promise((resolve) => socket.once('connect_error', resolve))
    expect(socket.connected).toBe(false)
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1'])
      expect((await call('DELETE', '/api/v1/session', { cookie, origin })).status).toBe(403)
    expect((await call('GET', '/api/v1/session', { cookie })).status).toBe(200)
  })
})

test('S23 guessing a password is slowed down; a wrong name and a wrong password are answered alike', async () => {
  const link = (await house.street.command('user', 'add', 'mia', '--role', 'floor', '--site', 'north')).match(/k=(\S+)/)
  const headers = { 'content-type': 'application/json', origin: house.street.url }
  const post = (body: object) =>
    fetch(`${house.street.url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify(body) })
  const cookie = (await post({ key: link?.[1] })).headers.get('set-cookie')?.split(';')[0] ?? ''
  const set = await call(
    'PUT',
    '/api/v1/session/password',
    { cookie, origin: house.street.url },
    { password: 'three grey pallets' },
  )
  expect(set.status).toBe(204)
  const [known, unknown] = [await post({ name: 'mia', password: 'x' }), await post({ name: 'nobody', password: 'x' })]
  expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()])
  const statuses = []
  for (let i = 0; i < 7; i += 1) statuses.push((await post({ name: 'mia', password: `guess ${i}` })).status)
  expect(statuses.at(-1)).toBe(429)
})

test.each([
  ['alg=none', `${btoa('{"alg":"none","typ":"JWT"}')}.${btoa('{"sub":"admin","role":"admin"}')}.`.replaceAll('=', '')],
  [
    'a signature of somebody',
    `${btoa('{"alg":"HS256","kid":"../../dev/null"}')}.${btoa('{"sub":"admin"}')}.c2ln`.replaceAll('=', ''),
  ],
  ['an empty token', ''],
  ['SQL', "' OR 1=1 --"],
])('S24 there are no tokens that speak for themselves: %s', async (_name, token) => {
  expect((await call('GET', '/api/v1/sites', { authorization: `Bearer ${token}` })).status).toBe(401)
})

describe('S25 bodies', () => {
  const post = async (body: string, type: string) => {
    const answer = await fetch(`${house.street.url}/api/v1/rules`, {
      method: 'POST',
      headers: { ...(await as('admin', '*')), 'content-type': type },
      body,
    })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  const rule = '"type":"silent","id":"p","site":"north","name":"p","severity":2,"of":"gateway","afterMs":60000'

  test.each([
    ['a hundred thousand levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'application/json', 400],
    ['with __proto__', `{${rule},"__proto__":{"role":"admin"}}`, 'application/json', 400],
    ['with constructor.prototype', `{${rule},"constructor":{"prototype":{"x":1}}}`, 'application/json', 400],
    ['of another kind', rule, 'application/x-www-form-urlencoded', 415],
    ['with a tab in its kind', '{"id":"p"}', 'application/json\t', 400],
    ['with spaces in its kind', '{"id":"p"}', ' application/json ; x', 400],
    ['with an empty parameter in its kind', '{"id":"p"}', 'application/json;', 400],
    ['in pieces of a form', '--x\r\n\r\n{}', 'multipart/form-data; boundary=x', 415],
    ['not closed', '{"id":', 'application/json', 400],
    ['with a key unknown', `{${rule},"sevrity":1}`, 'application/json', 400],
  ])('%s: %s', async (_name, body, type, status) => {
    const answer = await post(body, type)
    expect(answer.status).toBe(status)
    expect(answer.type).toContain('application/problem+json')
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'bad-input', status })
  })
})

describe('S30 secrets', () => {
  test('stand in no log, metric, health answer or error', async () => {
    const seen = [house.cloud.output()]
    for (const path of ['/metrics', '/healthz', '/readyz', '/openapi.json', '/api/v1/nothing'])
      seen.push((await call('GET', path, await as('admin', '*'))).text)
    seen.push((await call('POST', '/api/v1/session', { origin: house.street.url }, { key: 'XXXX-SECRET-KEY' })).text)
    seen.push(JSON.stringify(await house.audit()))
    const secrets = [house.secrets.a, house.secrets.b, ...tokens.values(), 'three grey pallets', 'XXXX-SECRET-KEY']
    for (const secret of secrets) expect(seen.filter((text) => text.includes(secret))).toEqual([])
  })
})

test('S31 the audit holds who did what, from where; it can be changed by no route, and a change by hand is found', async () => {
  const rows = await house.audit()
  for (const [act, who] of [
    ['gateway add', undefined],
    ['PUT /api/v1/sites/:site/map', 'test'],
    ['POST /api/v1/rules', 'test'],
    ['POST /api/v1/session', 'mia'],
  ] as const) {
    const row = rows.find((one) => one.act === act && one.outcome === 'done' && (who === undefined || one.who === who))
    expect(row, act).toBeDefined()
    expect(row?.from).toMatch(/^(?:here|127\.0\.0\.1)$/)
  }
  for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'])
    expect((await call(method, '/api/v1/audit', await as('admin', '*'), {})).status).toBe(404)
  expect(await house.street.command('audit', 'verify')).toMatch(/unbroken/)
})

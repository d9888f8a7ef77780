import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { signatureOf } from '../../cloud/notify/post-of.ts'
import type { Alert } from '../../shared/api.ts'
import type { AttemptRow, DeliveryRow } from '../../shared/channel.ts'
import { Sender } from '../support/sender.ts'
import { gateMap, openStreet } from '../support/street.ts'
import { until } from '../support/until.ts'

/**
 * Two alerts begin, are acknowledged and end; a receiver fails, hangs, and is well at last, and the cloud is killed
 * meanwhile. Beside it one that redirects, and one that takes everything.
 */
const site = 'hook-test'
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const t0 = Date.now()

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Request {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function receiver(answer: (request: Request, response: ServerResponse, nth: number) => void) {
  const requests: Request[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const seen = { path: request.url ?? '', headers: request.headers, body }
    requests.push(seen)
    answer(seen, response, requests.filter(({ path }) => path === seen.path).length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

test('a webhook that fails, hangs and is well again hears everything once, in its order, through a kill', async () => {
  let isWell = false
  const accepted: Request[] = []
  const { url, requests } = await receiver((request, response, nth) => {
    if (request.path === '/redirects') response.writeHead(302, { location: '/elsewhere' }).end()
    else if (request.path === '/robot') response.end('ok')
    else if (isWell) {
      accepted.push(request)
      response.end()
    } else if (nth === 1) response.writeHead(500).end()
    // And from then on it says nothing at all.
  })

  const street = await openStreet(site, { notify: { allow: ['127.0.0.1'], attemptMs: 3000 } })
  closers.push(() => street.remove())
  let cloud = await street.startCloud()
  const map = gateMap(site, 'gw-1', 'dock-1')
  await street.send('PUT', `/sites/${site}/map`, map)
  const everything = { events: ['ringing', 'acknowledged', 'over'] }
  const put = (id: string, body: object) => street.send('PUT', `/sites/${site}/channels/${id}`, { name: id, ...body })
  await put('flaky', { kind: 'webhook', url: `${url}/flaky`, secret, ...everything })
  await put('redirects', { kind: 'webhook', url: `${url}/redirects` })
  await put('robot', { kind: 'slack', url: `${url}/robot`, ...everything })
  await street.send('POST', '/rules', {
    id: 'warm',
    site,
    name: 'Too warm',
    severity: 2,
    type: 'threshold',
    quantity: 'temperature',
    direction: 'above',
    limit: 8,
    clearAt: 7,
  })

  const { secret: password } = JSON.parse(await street.command('gateway', 'add', site, 'gw-1', '--json')) as {
    secret: string
  }
  const values = [9, 9, 5, 5]
  const sensor = (n: number) => ({
    kind: 'measurement',
    at: t0 + n,
    sensor: `s-${n % 2}`,
    values: { temperature: values[n] },
  })
  const gateway = new Sender(street.brokerUrl, { site, gateway: 'gw-1' }, password, (first, count) =>
    Array.from({ length: count }, (_, n) => sensor(first + n - 1)),
  )
  closers.push(() => gateway.client?.end(true))
  await gateway.greet()
  gateway.send(1, 2)
  const alerts = await until('both ring', async () => {
    const open = await street.all<Alert>(`/sites/${site}/alerts?state=active`)
    return open.length === 2 ? open : undefined
  })
  const flaky = () => requests.filter(({ path }) => path === '/flaky')
  await until('it has failed, and hangs', () => flaky().length >= 2)
  await cloud.kill()
  cloud = await street.startCloud()

  for (const { id } of alerts) await street.send('POST', `/alerts/${id}/acknowledge`, { comment: 'seen' })
  await until('the gateway is in again', () => gateway.greet())
  gateway.send(3, 2)
  await until('both are over', async () => (await street.all(`/sites/${site}/alerts?state=open`)).length === 0)
  await until('after the kill it hangs again', () => flaky().length >= 3)
  isWell = true
  const deliveries = () => street.all<DeliveryRow>(`/sites/${site}/deliveries`)
  await until('nothing waits', async () => (await deliveries()).every(({ state }) => state !== 'waiting'), {
    withinMs: 120_000,
    everyMs: 200,
  })

  // Once: no id was taken twice. In order: for each alert as it went.
  const ids = accepted.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id } of alerts) {
    const told = accepted.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.alert.id === id)
    expect(told.map(({ type }) => type)).toEqual(['alert.ringing', 'alert.acknowledged', 'alert.over'])
  }
  for (const { headers, body } of accepted) {
    const [id, seconds] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])]
    expect(headers['webhook-signature']).toBe(signatureOf(secret, id, seconds, body))
  }

  // The log is complete: every request that came is an attempt in it, but the one that the kill cut off.
  const rows = await deliveries()
  const ofChannel = (channel: string) => rows.filter((row) => row.channel === channel)
  expect(ofChannel('flaky').map(({ state }) => state)).toEqual(Array(6).fill('delivered'))
  const attempts = (
    await Promise.all(
      ofChannel('flaky').map(({ id }) => street.all<AttemptRow>(`/sites/${site}/deliveries/${id}/attempts`)),
    )
  ).flat()
  expect(attempts.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(6)
  expect(attempts.filter(({ status }) => status === 500)).toHaveLength(1)
  expect(attempts.some(({ said }) => said.includes('no answer within 3 s'))).toBe(true)
  expect(flaky().length - attempts.length).toBeLessThanOrEqual(1)

  // Who redirects is told so, and nobody went there. That it is over is not told to whom nobody could tell that it began.
  expect(ofChannel('redirects').map(({ state }) => state)).toEqual(Array(2).fill('given-up'))
  expect(ofChannel('redirects')[0]?.reason).toContain('Redirects are not followed')
  expect(requests.some(({ path }) => path === '/elsewhere')).toBe(false)

  // Who is well hears it at once, whatever the others do.
  const robot = requests.filter(({ path }) => path === '/robot').map(({ body }) => JSON.parse(body).text as string)
  expect(robot.filter((text) => text.startsWith('ALERT'))).toHaveLength(2)
  expect(robot.filter((text) => text.startsWith('Over'))).toHaveLength(2)
  await cloud.stop()
})

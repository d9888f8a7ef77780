import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AttemptRow, DeliveryRow } from '../../shared/channel.ts'
import { gateMap } from '../support/street.ts'
import { until } from '../support/until.ts'
import { type House, openHouse } from './house.ts'

/** S32: what a webhook may be pointed at, on a cloud that runs as it comes. */

let house: House
const visitors: string[] = []
const server = createServer((request, response) => {
  visitors.push(String(request.url))
  response.end('ok')
})
let port = 0

beforeAll(async () => {
  server.listen(0, '::')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  house = await openHouse()
  await house.street.send('PUT', '/sites/north/map', gateMap('north', 'a', 'dock-1'))
})
afterAll(async () => {
  await house.close()
  server.close()
})

test.each([
  ['loopback', '127.0.0.1'],
  ['another loopback', '127.9.9.9'],
  ['as one number', '2130706433'],
  ['in octal', '0177.0.0.1'],
  ['in hex', '0x7f.1'],
  ['nothing', '0.0.0.0'],
  ['loopback of IPv6', '[::1]'],
  ['mapped', '[::ffff:127.0.0.1]'],
  ['a name that points inside', 'localhost'],
  ['metadata of clouds', '169.254.169.254'],
  ['a private network', '10.0.0.1'],
])('S32 %s (%s): blocked, nothing is sent, and the message says why', async (_name, host) => {
  const url = `http://${host}:${port}/inside`
  await house.street.send('PUT', '/sites/north/channels/hook', { kind: 'webhook', name: 'hook', url })
  const { delivery } = (await (await house.street.send('POST', '/sites/north/channels/hook/test', {})).json()) as {
    delivery: string
  }
  const done = await until('it is given up', async () =>
    (await house.street.all<DeliveryRow>('/sites/north/deliveries')).find(
      ({ id, state }) => id === delivery && state !== 'waiting',
    ),
  )
  expect(done).toMatchObject({ state: 'given-up', reason: expect.stringContaining('notify.allow') })
  expect(await house.street.all<AttemptRow>(`/sites/north/deliveries/${delivery}/attempts`)).toMatchObject([
    { outcome: 'blocked', status: null },
  ])
  expect(visitors).toEqual([])
})

test.each(['file:///etc/passwd', 'ftp://example.com/', 'gopher://example.com/', 'javascript:alert(1)', 'http:'])(
  'S32 %s is no address of a webhook',
  async (url) => {
    const put = house.street.send('PUT', '/sites/north/channels/hook', { kind: 'webhook', name: 'hook', url })
    await expect(put).rejects.toThrow('400')
  },
)

test('S25 no secret of a channel comes back', async () => {
  const secret = 'the-key-of-our-signatures'
  const robot = 'https://open.feishu.cn/open-apis/bot/v2/hook/the-token-of-our-robot'
  await house.street.send('PUT', '/sites/north/channels/hook', {
    kind: 'webhook',
    name: 'hook',
    url: 'https://a.example/x',
    secret,
  })
  await house.street.send('PUT', '/sites/north/channels/robot', { kind: 'feishu', name: 'robot', url: robot, secret })
  const shown = JSON.stringify(await house.street.all('/sites/north/channels'))
  expect(shown).toContain('open.feishu.cn')
  const audit = JSON.stringify(await house.audit())
  expect(audit).toContain('PUT /api/v1/sites/:site/channels/:id')
  for (const text of [shown, audit]) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain('the-token-of-our-robot')
  }
})

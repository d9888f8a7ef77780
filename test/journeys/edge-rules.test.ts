import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, iso, type RuleOnGateway } from '../../shared/api.ts'
import { Rule } from '../../shared/rule.ts'
import { SiteMap } from '../../shared/site-map.ts'
import { type ChaosProxy, openChaosProxy } from '../faults/chaos-proxy.ts'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { startSiteBroker } from '../support/site-broker.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'

/** A cloud, a gateway and a broker of the site as processes of their own, and a line between the first two that is cut. */

const [site, gateway, rule] = ['north', 'gw-1', 'cold-room']
const held = '3034257BF7194E4000001A85'
const closers: (() => unknown)[] = []
let street: Street
let cloud: Running
let edge: Running
let edgeYaml: string
let proxy: ChaosProxy
let sensor: mqtt.MqttClient
let horn: string
/** What a light of the site hears. */
const heard: { readonly topic: string; readonly text: string; readonly retained: boolean }[] = []

const map = SiteMap.parse({
  ...{ version: 1, site, name: 'North', timeZone: 'UTC', width: 20, depth: 20, slots: [] },
  zones: [{ id: 'cold', name: 'Cold', kind: 'cold', x: 0, y: 0, width: 9, depth: 9 }],
  readPoints: (['outside', 'inside'] as const).map((side, i) => ({
    ...{ id: `dock-1.${i + 1}`, gateway, device: 'dock-1', kind: 'gate', zone: 'cold', side, x: 1, y: i },
  })),
  sensors: [{ id: 'probe', name: 'Probe', gateway, zone: 'cold', x: 1, y: 1 }],
})
const about = { site, severity: 1, whatToDo: 'Close the door.', runs: 'gateway', outputs: ['horn', 'beacon'] }
const warm = Rule.parse({
  ...{ ...about, id: rule, name: 'Too warm', type: 'threshold', quantity: 'temperature', direction: 'above' },
  ...{ limit: 8, clearAt: 7 },
})
const hold = Rule.parse({ ...about, id: 'quality-hold', name: 'On hold', type: 'gate-hold', stops: 'held' })

beforeAll(async () => {
  street = await openStreet(site)
  closers.push(() => street.remove())
  cloud = await street.startCloud()
  proxy = await openChaosProxy({ host: '127.0.0.1', port: Number(new URL(street.brokerUrl).port) })
  closers.push(() => proxy.close())
  const broker = await startSiteBroker(street.directory, await freePort())
  closers.push(() => broker.stop())

  sensor = await mqtt.connectAsync(broker.url)
  const light = await mqtt.connectAsync(broker.url)
  closers.push(() => Promise.all([sensor.endAsync(true), light.endAsync(true)]))
  light.on('message', (topic, payload, { retain }) => {
    heard.push({ topic, text: payload.toString(), retained: retain })
  })
  await light.subscribeAsync('warepulse/local/#', { qos: 1 })

  horn = join(street.directory, 'horn.log')
  const program = join(street.directory, 'horn')
  writeFileSync(program, '#!/bin/sh\necho "$WAREPULSE_RULE $WAREPULSE_SUBJECT $WAREPULSE_STATE" >> "$1"\n')
  chmodSync(program, 0o755)
  const subscriptions = [{ topic: 'zigbee2mqtt/{device}', protocol: 'zigbee2mqtt' }]
  const source = { type: 'mqtt', id: 'sensors', url: broker.url, subscriptions, silentAfterMs: 60_000 }
  edgeYaml = await street.addGateway(gateway, [source], `mqtt://127.0.0.1:${proxy.port}`)
  const outputs = [
    { type: 'command', id: 'horn', command: program, args: [horn] },
    { type: 'mqtt', id: 'beacon', url: broker.url },
  ]
  writeFileSync(edgeYaml, JSON.stringify({ ...JSON.parse(readFileSync(edgeYaml, 'utf8')), outputs }))
  await street.send('PUT', `/sites/${site}/map`, map)
  for (const one of [warm, hold]) await street.send('POST', '/rules', one)
  edge = startEdge()
})
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function startEdge(): Running {
  const started = startWarepulse(['edge', '--config', edgeYaml])
  closers.push(() => started.stop())
  return started
}
async function restartCloud(): Promise<void> {
  await cloud.kill()
  cloud = await street.startCloud()
}
const say = (temperature: number) =>
  sensor.publishAsync('zigbee2mqtt/probe', JSON.stringify({ temperature }), { qos: 1 })
const alerts = () => street.all<Alert>(`/sites/${site}/alerts`)
const blown = () => (existsSync(horn) ? readFileSync(horn, 'utf8').trim().split('\n') : [])
const seen = (state: string) => heard.filter(({ text }) => text.includes(`"${state}"`))
const states = async () => {
  const { onGateways } = await street.get<{ onGateways: readonly RuleOnGateway[] }>('/rules')
  return onGateways.map((one) => `${one.rule} ${one.gateway} ${one.state}`)
}
/** Looks over HTTP, seldom enough for the rate limit. */
const asked = { everyMs: 150 }
/** Resolves when a value is in the history; said again and again, for a gateway that starts does not listen yet. */
const arrived = async (temperature: number) => {
  const range = `from=${iso(Date.now() - 600_000)}&to=${iso(Date.now() + 60_000)}`
  await until(
    `${temperature} has arrived`,
    async () => {
      await say(temperature)
      const series = await street.get(`/sites/${site}/series?sensor=probe&quantity=temperature&${range}`)
      return JSON.stringify(series).includes(String(temperature))
    },
    asked,
  )
}
const open = async () => (await alerts()).filter(({ clearedAt }) => clearedAt === null)
const allRun = () =>
  until(
    'its gateway says so of both rules',
    async () => {
      const all = await states()
      return all.length === 2 && all.every((one) => one.endsWith('running'))
    },
    asked,
  )

test('a rule is told where it runs once its gateway says so', async () => {
  await allRun()
  expect((await states()).toSorted()).toEqual([`${rule} ${gateway} running`, `quality-hold ${gateway} running`])
  await arrived(5.1)
})

test('items on hold travel with the rules', async () => {
  const headers = {
    authorization: `Bearer ${(await street.command('user', 'token', 'csv', '--role', 'admin')).trim()}`,
  }
  const answer = await fetch(`${street.url}/api/v1/sites/${site}/import/items`, {
    ...{ method: 'POST', headers: { ...headers, 'content-type': 'text/csv' } },
    body: `epc,sku,hold\n${held},apples,quality\n`,
  })
  expect(answer.status).toBeLessThan(300)
  const kept = join(street.directory, `${gateway}-spool`, 'document')
  await until('the gateway knows it', () => readFileSync(kept, 'utf8').includes(held))
  await allRun()
})

test('while the link is cut the outputs are switched at once; afterwards there is one alert, with its true time', async () => {
  proxy.cut()
  const at = Date.now()
  await say(9.5)
  await until('the light is on', () => seen('raised').length > 0)
  await until('the horn blows', () => blown().length > 0)
  const litBy = Date.now()
  const said = seen('raised')[0]
  expect(said).toMatchObject({ topic: `warepulse/local/${rule}/probe` })
  expect(JSON.parse(said?.text ?? '')).toMatchObject({ v: 1, state: 'raised', rule, subject: 'probe', value: 9.5 })
  expect(blown()).toEqual([`${rule} probe raised`])
  expect(await alerts()).toEqual([])
  proxy.mend()
  await until('the cloud knows', async () => (await alerts()).length > 0, asked)
  const [alert, ...others] = await alerts()
  expect(others).toEqual([])
  expect(alert).toMatchObject({
    state: 'active',
    rule,
    subject: 'probe',
    name: 'Too warm',
    severity: 1,
    gateway,
    value: 9.5,
  })
  expect(Date.parse(alert?.raisedAt ?? '')).toBeGreaterThanOrEqual(at)
  expect(Date.parse(alert?.raisedAt ?? '')).toBeLessThanOrEqual(litBy)
})

test('what ends while the link is cut ends with its true time, and the light goes out', async () => {
  proxy.cut()
  const at = Date.now()
  await say(5.2)
  await until('the light is out', () => seen('cleared').length > 0 && heard.at(-1)?.text === '')
  await until('the horn is told', () => blown().length > 1)
  const outBy = Date.now()
  proxy.mend()
  await until('the cloud knows', async () => (await open()).length === 0, asked)
  const [alert, ...others] = await alerts()
  expect(others).toEqual([])
  expect(alert).toMatchObject({ state: 'cleared' })
  expect(Date.parse(alert?.clearedAt ?? '')).toBeGreaterThanOrEqual(at)
  expect(Date.parse(alert?.clearedAt ?? '')).toBeLessThanOrEqual(outBy)
  await street.send('POST', `/alerts/${alert?.id}/acknowledge`, { comment: 'seen' })
})

test('a gateway that is killed while it holds, and a cloud that is: one alert, and its end', async () => {
  await say(9.7)
  await until('it is raised', async () => (await alerts()).length === 2, asked)
  await edge.kill()
  edge = startEdge()
  await arrived(9.9)
  await restartCloud()
  await arrived(10.3)
  await street.caughtUp()
  const all = await alerts()
  expect(all.map(({ state }) => state).toSorted()).toEqual(['active', 'normal'])
  expect(new Set(all.map(({ id }) => id)).size).toBe(2)
  await allRun()
  await say(5.3)
  await until('it is over', async () => (await alerts()).every(({ clearedAt }) => clearedAt !== null), asked)
  expect(await alerts()).toHaveLength(2)
})

test('a rule that goes from the gateway to the cloud while it holds, and back: never two at once', async () => {
  await say(9.4)
  await until('it is raised there', async () => (await open())[0]?.gateway === gateway, asked)
  const { outputs: _outputs, ...here } = warm as Record<string, unknown>
  await street.send('PUT', `/rules/${rule}`, { ...here, runs: 'cloud' })
  await until(
    'the gateway does not judge it any more',
    async () => (await states()).length === 1 && seen('cleared').some(({ text }) => text.includes('9.4')),
    asked,
  )
  await say(9.6)
  await until(
    'it is raised here',
    async () => (await open()).length === 1 && (await open())[0]?.gateway === undefined,
    asked,
  )
  await street.send('PUT', `/rules/${rule}`, warm)
  await until(
    'it runs there again',
    async () => (await states()).filter((one) => one.endsWith('running')).length === 2,
    asked,
  )
  await say(9.8)
  await until(
    'it is raised there',
    async () => (await open()).length === 1 && (await open())[0]?.gateway === gateway,
    asked,
  )
  await say(5.4)
  await until('it is over', async () => (await open()).length === 0, asked)
})

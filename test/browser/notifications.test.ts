import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from '../../shared/api.ts'
import type { ChannelView } from '../../shared/channel.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'

/** An integrator brings alerts to people away from the board; a supervisor looks after them. */

let street: Street
let board: BoardPage
let receiver: Server
let receiverUrl: string
beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume()
    response.writeHead(request.url === '/gone' ? 410 : 204).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  street = await openStreet('harbour', { notify: { allow: ['127.0.0.1'] } })
  await street.startCloud()
  await street.send('PUT', '/sites/harbour/map', smallMap('harbour'))
  await street.caughtUp()
  board = await openBoardPage(await street.linkFor('ines', 'integrator'), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await street?.remove()
  receiver?.close()
})

const channels = async () => (await street.get<Page<ChannelView>>('/sites/harbour/channels')).items
const button = (name: string | RegExp) => board.page.getByRole('button', { name })
const channelRow = (name: string) =>
  board.page.getByRole('region', { name: 'Channels' }).getByRole('row').filter({ hasText: name })
const messageRow = (text: string) =>
  board.page.getByRole('region', { name: 'Messages' }).getByRole('row').filter({ hasText: text })

test('by keyboard alone a webhook is made; the key of its signatures is shown once', async () => {
  await board.go('/system')
  await board.page.getByRole('link', { name: 'Notifications' }).press('Enter')
  await board.page.getByText('There is no channel yet').waitFor()
  await button('New channel').press('Enter')
  const { keyboard } = board.page
  await keyboard.type('ERP')
  for (const typed of ['', `${receiverUrl}/hook`]) {
    await keyboard.press('Tab')
    await keyboard.type(typed)
  }
  await keyboard.press('Enter')
  await board.page.getByText(/^whsec_/).waitFor()
  await channelRow('ERP').getByText(new URL(receiverUrl).host).waitFor()
  expect(await channels()).toMatchObject([
    { kind: 'webhook', name: 'ERP', language: 'en', hasSecret: true, leastSeverity: 4, quiet: [] },
  ])
})

test('a test message arrives, and its attempt is told when somebody asks', async () => {
  await button('Send a test: ERP').click()
  await messageRow('Delivered').first().waitFor()
  await messageRow('Delivered').first().getByRole('button', { name: 'Attempts: 1' }).press('Enter')
  await board.page.getByRole('listitem').filter({ hasText: 'delivered · 204' }).waitFor()
})

test('changed, it keeps its key, and has the hours and events that were chosen', async () => {
  await button('Change: ERP').click()
  const form = board.page.getByRole('form', { name: 'Change ERP' })
  await form.getByLabel('Address (URL)').fill(`${receiverUrl}/gone`)
  await form.getByLabel(/^Severity/).selectOption('2')
  await form.getByLabel('is acknowledged').check()
  await form.getByLabel('Quiet from').fill('22:00')
  await form.getByLabel('Quiet until').fill('06:00')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  await channelRow('High and above').waitFor()
  expect(await channels()).toMatchObject([
    {
      hasSecret: true,
      leastSeverity: 2,
      events: ['ringing', 'escalated', 'acknowledged', 'over'],
      quiet: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' }],
    },
  ])
})

test('what was given up is found by its state, with the reason, and can be sent again', async () => {
  await button('Send a test: ERP').click()
  await button('Given up').click()
  await messageRow('410').waitFor()
  expect(await messageRow('Delivered').count()).toBe(0)
  await messageRow('410').getByRole('button', { name: 'Send again' }).click()
  await messageRow('410').getByRole('button', { name: 'Attempts: 2' }).waitFor()
  await button('All').click()
  await messageRow('Delivered').first().waitFor()
})

test('an address that may not be used is refused in words', async () => {
  await button('New channel').click()
  const form = board.page.getByRole('form', { name: 'New channel' })
  await form.getByLabel('Kind').selectOption('email')
  await form.getByLabel('Name').fill('Night shift')
  await form.getByLabel('To (mail').fill('nobody')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.locator('.notice').waitFor()
  await form.getByRole('button', { name: 'Cancel' }).click()
})

test.each([
  ['en', 'light', 1280, 800],
  ['zh-CN', 'dark', 1280, 800],
  ['zh-CN', 'light', 390, 844],
  ['en', 'dark', 390, 844],
] as const)('it is readable in %s, %s, %i wide', async (language, theme, width, height) => {
  await board.dress({ language, theme, width, height })
  await board.page.goto(new URL('/notifications', board.page.url()).href)
  await board.untilLive()
  await board.page.locator('.delivery').first().waitFor()
  await board.picture(`notifications-list-${language}-${theme}-${width}`)
  await board.page.locator('td .button').nth(1).click()
  await board.page.locator('form [type=submit]').waitFor()
  expect(await board.serious()).toEqual([])
  expect(await board.tooWide()).toEqual([])
  await board.picture(`notifications-form-${language}-${theme}-${width}`)
})

test('it is removed only when that was said twice', async () => {
  await button('Remove').click()
  expect(await channels()).toHaveLength(1)
  await button('Remove for good').press('Enter')
  await board.page.getByText('There is no channel yet').waitFor()
  await until('the focus is on the page, not lost', async () => (await board.focused()) !== 'BODY')
  expect(await channels()).toEqual([])
})

test('a supervisor looks and tests, and changes nothing; others do not see it', async () => {
  const hook = { kind: 'webhook', name: 'ERP', url: `${receiverUrl}/hook` }
  await street.send('PUT', '/sites/harbour/channels/erp', hook)
  await board.page.context().clearCookies()
  await board.page.goto(await street.linkFor('sven', 'supervisor'))
  await board.untilLive()
  await board.page.goto(`${street.url}/notifications`)
  await button('Send a test: ERP').click()
  await board.page.getByText('A test message to ERP').first().waitFor()
  expect(await button(/^(New channel|Change)/).count()).toBe(0)

  await board.page.context().clearCookies()
  await board.page.goto(await street.linkFor('flo', 'floor'))
  await board.untilLive()
  await board.page.goto(`${street.url}/notifications`)
  await board.page.getByText('Supervisors and integrators see this page.').waitFor()
  await board.page.goto(`${street.url}/system`)
  await board.page.getByRole('link', { name: 'Imports' }).waitFor()
  expect(await board.page.getByRole('link', { name: 'Notifications' }).count()).toBe(0)
})

test('no foreign request; no complaint but of what was refused', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints.filter((complaint) => !/40[0134]/.test(complaint))).toEqual([])
})

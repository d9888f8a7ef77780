import { afterAll, beforeAll, expect, test } from 'vitest'
import { layOut } from '../../cloud/board/core/plan.ts'
import { fitView, toPixels } from '../../cloud/board/core/view.ts'
import type { MapDraftAnswer } from '../../shared/map-draft.ts'
import type { OperatorArea } from '../../shared/operator-area.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'

/** An integrator draws up the map of a site; somebody else is at it too. */

let street: Street
let board: BoardPage
beforeAll(async () => {
  street = await openStreet('harbour')
  await street.startCloud()
  await street.send('PUT', '/sites/harbour/map', smallMap('harbour'))
  await street.caughtUp()
  await street.send('POST', '/sites/harbour/counts', { slot: 'B2', codes: ['303400000000000000000001'] })
  await street.caughtUp()
  board = await openBoardPage(await street.linkFor('ines', 'integrator'), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await street?.remove()
})

const draft = async () => (await street.get<MapDraftAnswer>('/sites/harbour/map/draft')).draft
const inForce = () => street.get<SiteMap>('/sites/harbour/map')
const button = (name: string | RegExp) => board.page.getByRole('button', { name })
const saved = () => board.page.getByText(/Draft from version \d+ · saved/).waitFor()
const tab = (name: string | RegExp) => board.page.getByRole('tab', { name })

test('by keyboard two aisles of racks are made by a pattern, shown before they are there', async () => {
  await board.go('/system')
  await board.page.getByRole('link', { name: 'Map editor' }).press('Enter')
  await board.page.getByText('Version 1 is in force.').waitFor()
  await button('Racks by pattern').press('Enter')
  const form = board.page.getByRole('form', { name: 'Racks by pattern' })
  // The form has the focus at its first field.
  await board.page.keyboard.press('ControlOrMeta+a')
  await board.page.keyboard.type('racks')
  await form.getByLabel('Code of a slot').fill('{rack}')
  await form.getByText('Two slots would be called 1').waitFor()
  await form.getByLabel('Code of a slot').fill('{aisle:A}{side}{rack:2}.{level}.{position}')
  await form.getByLabel('Begins at y (m)').fill('12')
  await form.getByText('144 slots, from AL01.0.1 to BR04.2.3').waitFor()
  await board.picture('map-pattern')
  await button('Make 144 slots').press('Enter')
  await tab('Slots 148').waitFor()
  await tab('Zones 3').waitFor()
  await saved()
  expect((await draft())?.map.slots).toHaveLength(148)
  expect(await inForce()).toEqual(smallMap('harbour'))
})

test('a bad code is told at its row, and mended there', async () => {
  await board.page.getByLabel('Code: A2').fill('A 2')
  await board.page.getByLabel('Code: A2').press('Tab')
  const row = board.page.getByRole('row').filter({ hasText: '1–64 letters' })
  await row.waitFor()
  await button('Check and publish').click()
  await board.page.getByText('1 problem has to be solved').waitFor()
  expect(await button('Publish version 2').isDisabled()).toBe(true)
  await board.page.getByRole('button', { name: 'Close', exact: true }).click()
  await board.page.getByText('1 problem', { exact: true }).click()
  await button(/^Slots, row 2, Code/).click()
  await board.page.getByLabel('Code: A 2').fill('A-2')
  await board.page.getByLabel('Code: A 2').press('Tab')
  await board.page.getByText('No problems.').waitFor()
})

test('which tags are fixed to a slot is typed at its row', async () => {
  const field = board.page.getByLabel('Tags fixed to it: A1')
  await field.fill('3034257BF7194E4')
  await field.press('Tab')
  await board.page.getByRole('row').filter({ hasText: 'whole bytes of hex' }).waitFor()
  await field.fill('3034257bf7194e4000000901, 3034257BF7194E4000000902')
  await field.press('Tab')
  await board.page.getByText('No problems.').waitFor()
  expect(await field.inputValue()).toBe('3034257BF7194E4000000901 3034257BF7194E4000000902')
  await until('the draft has them', async () => {
    const slot = (await draft())?.map.slots.find(({ id }) => id === 'A1')
    return slot?.referenceTags?.join() === '3034257BF7194E4000000901,3034257BF7194E4000000902'
  })
  await board.picture('map-tags-en-light')
})

test('chosen on the plan, moved by keys, aligned, undone and redone', async () => {
  await button('Choose none').click()
  await board.page.getByLabel('Choose A1').check()
  const plan = board.page.getByRole('group', { name: /^Plan of the draft/ })
  await plan.focus()
  for (const key of ['ArrowRight', 'Shift+ArrowDown']) await board.page.keyboard.press(key)
  const cell = (field: string) => board.page.getByLabel(`${field}: A1`).inputValue()
  expect([await cell('x (m)'), await cell('y (m)')]).toEqual(['0.1', '1'])
  await board.page.keyboard.press('ControlOrMeta+z')
  await until('the step down is undone', async () => (await cell('y (m)')) === '0')
  await board.page.keyboard.press('ControlOrMeta+Shift+z')
  await until('it is redone', async () => (await cell('y (m)')) === '1')
  await board.page.getByLabel('Choose A-2').check()
  await button('Align top edges').click()
  await until('both stand at one edge', async () => (await cell('y (m)')) === '0')
})

test('dragged by the pointer it lies somewhere else', async () => {
  // Where it stands is worked out from the draft on the server.
  await saved()
  await tab('Read points').click()
  const x = () => board.page.getByLabel('x (m): gate.1').inputValue()
  const before = Number(await x())
  await button('Show everything').click()
  await board.page.getByLabel('Choose gate.1').check()
  const box = await board.page.getByRole('group', { name: /^Plan of the draft/ }).boundingBox()
  const map = (await draft())?.map ?? smallMap('harbour')
  const size = { width: box?.width ?? 0, height: box?.height ?? 0 }
  const view = fitView(layOut(map).bounds, size, { top: 36, right: 72, bottom: 24, left: 24 })
  const at = toPixels(view, map.readPoints[1] ?? { x: 0, y: 0 })
  const [left, top] = [(box?.x ?? 0) + at.x, (box?.y ?? 0) + at.y]
  await board.page.mouse.move(left, top)
  await board.page.mouse.down()
  await board.page.mouse.move(left - 20, top, { steps: 4 })
  await board.page.mouse.move(left - 40, top, { steps: 4 })
  await board.page.mouse.up()
  await until('it was moved to the left', async () => Number(await x()) < before)
})

test('a spreadsheet is taken, but for the rows that cannot be used', async () => {
  await button('Slots from a file').click()
  const form = board.page.getByRole('form', { name: 'Slots from a file' })
  await form.getByLabel('Or paste rows here').fill('slot;zone;x;y\nF-1;racks;1,5;30\nF-2;racks;left;30\n')
  await form.getByText('Rows: 2. Cannot be used: 1.').waitFor()
  await form.getByRole('row', { name: '3 x Not a number' }).waitFor()
  await button('Take 1 slot').click()
  await tab('Slots 149').waitFor()
  const waiting = board.page.waitForEvent('download')
  await button('Download slots (CSV)').click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('harbour-slots.csv')
})

test('the draft is there after a reload, and in another browser', async () => {
  await saved()
  await board.page.reload()
  await board.untilLive()
  await tab('Slots 149').waitFor()
  await saved()
})

test('what another browser saved is not overwritten: it is shown, and one of the two is taken', async () => {
  const context = await board.page
    .context()
    .browser()
    ?.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  if (context === undefined) throw new Error('the browser is gone')
  try {
    const other = { page: await context.newPage() }
    await other.page.goto(await street.linkFor('otto', 'integrator'))
    await other.page.locator('.pulse, .floor').first().waitFor()
    await other.page.goto(`${street.url}/map`)
    await other.page.getByRole('tab', { name: 'Slots 149' }).waitFor()
    await other.page.getByLabel('Name: A', { exact: true }).fill('By Otto')
    await other.page.getByLabel('Name: A', { exact: true }).press('Tab')
    await until('Otto has saved', async () => (await draft())?.by === 'otto')
    await tab('Zones').click()
    await board.page.getByLabel('Name: B', { exact: true }).fill('By Ines')
    await board.page.getByLabel('Name: B', { exact: true }).press('Tab')
    await board.page.getByText(/otto saved another draft/).waitFor()
    expect((await draft())?.map.zones.map(({ name }) => name)).toEqual(['By Otto', 'Zone B', 'racks'])
    await board.picture('map-conflict')
    await button('Take the other one').click()
    await until(
      'the other one is shown',
      async () => (await board.page.getByLabel('Name: A', { exact: true }).inputValue()) === 'By Otto',
    )
  } finally {
    await context.close()
  }
})

test('published by somebody else meanwhile: nothing is overwritten until that was looked at', async () => {
  await street.send('PUT', '/sites/harbour/map', { ...smallMap('harbour', 2), name: 'Published elsewhere' })
  await board.page.getByRole('heading', { name: 'Version 2 was published meanwhile' }).waitFor()
  await button('Check and publish').click()
  expect(await button('Publish version 3').isDisabled()).toBe(true)
  await button('Go on from version 2').click()
  await board.page.getByText('Draft from version 2').waitFor()
})

test('what is said of the site is changed too, by keyboard: a time zone that is not there stops it, and the diff tells from what to what', async () => {
  await board.page.getByRole('button', { name: 'Close', exact: true }).click()
  await button('Site').press('Enter')
  const form = board.page.getByRole('form', { name: 'Site' })
  await board.page.keyboard.press('Tab')
  await board.page.keyboard.press('ControlOrMeta+a')
  await board.page.keyboard.type('Harbour East')
  await board.page.keyboard.press('Tab')
  await board.page.keyboard.press('ControlOrMeta+a')
  await board.page.keyboard.type('Asia/Shanghi')
  await board.page.keyboard.press('Tab')
  await form.getByText('There is no such time zone').waitFor()
  await form.getByLabel('Depth (m)').fill('wide')
  await form.getByLabel('Depth (m)').press('Tab')
  await form.getByText('Not a number').waitFor()
  await form.getByLabel('Depth (m)').fill('40,5')
  await form.getByLabel('Depth (m)').press('Tab')
  await button('Check and publish').click()
  await board.page.getByText('1 problem has to be solved').waitFor()
  await board.page.getByRole('button', { name: 'Close', exact: true }).click()
  await board.page.getByText('1 problem', { exact: true }).click()
  await button('Site, Time zone: There is no such time zone').press('Enter')
  await form.getByLabel('Time zone').fill('Asia/Shanghai')
  await form.getByLabel('Time zone').press('Tab')
  expect(await board.serious('#content')).toEqual([])
  await board.picture('map-site')
  await button('Check and publish').click()
  for (const change of [
    'Name: Published elsewhere → Harbour East',
    'Time zone: Europe/Amsterdam → Asia/Shanghai',
    'Depth (m): 10 → 40.5',
  ])
    await board.page.getByText(change).waitFor()
})

test('the diff says what changes and what stands in slots that go; published, the floor shows it', async () => {
  await board.page.getByRole('button', { name: 'Close', exact: true }).click()
  await tab('Slots').click()
  await board.page.getByLabel('Choose B2').check()
  await button('Remove 1').click()
  await button('Check and publish').click()
  await board.page.getByText('1 item is in slots that would be removed: B2').waitFor()
  await board.page.getByRole('cell', { name: /^\+146/ }).waitFor()
  await board.picture('map-diff')
  await button('Publish version 3').press('Enter')
  await board.page.getByText('Version 3 is published.').first().waitFor()
  expect(await draft()).toBeNull()
  await until('it is in force', async () => (await inForce()).version === 3)
  expect((await inForce()).slots).toHaveLength(148)
  expect(await inForce()).toMatchObject({ name: 'Harbour East', timeZone: 'Asia/Shanghai', depth: 40.5 })
  await board.page.getByText('Site time, Asia/Shanghai').waitFor()
  await board.page.getByRole('link', { name: 'Go to the floor' }).click()
  await until('the floor has the racks', async () => (await board.slotState('BR04.2.3')) === 'unknown')
})

test.each([
  ['en', 'light', 1920, 1080],
  ['zh-CN', 'dark', 1280, 800],
  ['zh-CN', 'light', 390, 844],
  ['en', 'dark', 390, 844],
] as const)('it is readable in %s, %s, %i wide', async (language, theme, width, height) => {
  await board.dress({ language, theme, width, height })
  await board.page.goto(`${street.url}/map`)
  await board.untilLive()
  await board.page.getByRole('tab').nth(1).click()
  await board.page.locator('.row-table tbody tr').nth(3).waitFor()
  await board.picture(`map-rows-${language}-${theme}-${width}`)
  const isFirst = (language === 'en') === (theme === 'light')
  if (isFirst) expect(await board.serious('#content')).toEqual([])
  await board.page.locator('.map-tools [aria-expanded]').first().click()
  await board.page.locator('.map-form').waitFor()
  if (!isFirst) expect(await board.serious('#content')).toEqual([])
  await board.picture(`map-pattern-${language}-${theme}-${width}`)
  expect(await board.tooWide()).toEqual([])
  await board.page.locator('.map-tools [aria-expanded]').nth(2).click()
  await board.page.locator('#map-site-title').waitFor()
  expect(await board.tooWide()).toEqual([])
  await board.picture(`map-site-${language}-${theme}-${width}`)
})

test.each([
  ['en', 'light', 1280, 800],
  ['zh-CN', 'dark', 390, 844],
] as const)('antennas that nobody heard are told, in %s, %s, %i wide', async (language, theme, width, height) => {
  await board.dress({ language, theme, width, height })
  await board.page.goto(`${street.url}/gateways`)
  await board.untilLive()
  await board.page.locator('button[aria-expanded]').first().press('Enter')
  await board.page.locator('.antennas').getByRole('row').filter({ hasText: 'gw1/r1.1' }).waitFor()
  expect(await board.serious('#content')).toEqual([])
  await board.picture(`antennas-${language}-${theme}-${width}`)
})

const areas = async () =>
  (await street.get<{ areas: OperatorArea[] }>('/sites/harbour/areas')).areas.map(
    ({ id, zones }) => `${id}: ${zones.join(' ')}`,
  )
const areaForm = () => board.page.getByRole('form', { name: 'Operator areas' })

test('by keyboard zones are put under one operator; what is missing is told, and what somebody else saved is not overwritten', async () => {
  await board.dress({ language: 'en', theme: 'light', width: 1280, height: 800 })
  await board.page.goto(`${street.url}/alerts`)
  await board.untilLive()
  await tab('Operator areas').press('Enter')
  await board.page.getByText('every zone is one by itself').first().waitFor()
  await button('New area').press('Enter')
  await button('Save areas').press('Enter')
  await areaForm().getByText('Give it a name. Choose at least one zone').waitFor()
  // The first field in which something is wrong has the focus, after what is wrong was written.
  await areaForm().locator('input:focus').waitFor()
  await board.page.keyboard.type('East side')
  await board.page.keyboard.press('Tab')
  await board.page.keyboard.press('Tab')
  await board.page.keyboard.press('Space')
  await board.page.keyboard.press('Enter')
  await areaForm().getByText('Saved.').waitFor()
  const expected = `east-side: ${(await inForce()).zones[0]?.id}`
  await until('they are in force', async () => (await areas()).join() === expected)

  await board.page.getByLabel('Name').fill('East')
  const others = [{ id: 'theirs', name: 'Theirs', zones: ['B'] }]
  await street.send('PUT', '/sites/harbour/areas', { areas: others })
  await until('it is in force', async () => (await areas())[0] === 'theirs: B')
  await button('Save areas').click()
  await board.page.getByRole('alert').getByText('Nothing was saved.').waitFor()
  await board.picture('areas-conflict')
  expect(await areas()).toEqual(['theirs: B'])
  await button('Save mine in its place').click()
  await areaForm().getByText('Saved.').waitFor()
  await until('mine are there', async () => (await areas())[0]?.startsWith('east') === true)
  await tab(/^Open/).click()
  const choice = board.page.getByRole('combobox', { name: 'Area', exact: true })
  await choice.locator('option', { hasText: 'East' }).waitFor({ state: 'attached' })
  expect(await choice.locator('option').allInnerTexts()).toEqual(['All areas', 'East'])
})

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('operator areas are readable in %s, %s, %i wide', async (language, theme, width) => {
  await board.dress({ language, theme, width, height: 844 })
  await board.page.goto(`${street.url}/alerts`)
  await board.untilLive()
  await board.page.getByRole('tab').nth(4).click()
  await board.page.locator('.area-form fieldset').waitFor()
  await board.page.locator('.area-form > .row-acts button').first().click()
  await board.page.locator('.area-form .primary').click()
  await board.page.locator('.field-flaw:not(:empty)').waitFor()
  expect(await board.serious('#content')).toEqual([])
  expect(await board.tooWide()).toEqual([])
  await board.picture(`areas-${language}-${theme}-${width}`)
})

test('a supervisor does not draw maps', async () => {
  await board.page.context().clearCookies()
  await board.page.goto(await street.linkFor('sven', 'supervisor'))
  await board.untilLive()
  await board.page.goto(`${street.url}/map`)
  await board.page.getByText('集成人员和管理员').or(board.page.getByText('Integrators and administrators')).waitFor()
})

test('no foreign request; no complaint but of what was refused', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints.filter((complaint) => !/40[0139]/.test(complaint))).toEqual([])
})

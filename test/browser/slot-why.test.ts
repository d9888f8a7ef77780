import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openShelves, type Shelves } from '../support/shelves.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'

/** Why a slot is held to be as it is, in its drawer: a real reader, gateway and server. */
const site = 'shelf-test'
const pallet = '3066C4409047E140075BCD15'

let street: Street
let shelves: Shelves
let board: BoardPage
beforeAll(async () => {
  street = await openStreet(site)
  await street.startCloud()
  shelves = await openShelves(street, site)
  board = await openBoardPage(await street.signInLink(), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await shelves?.close()
  await street?.remove()
})

const looks = [
  { language: 'en', theme: 'light', width: 1280, height: 900 },
  { language: 'zh-CN', theme: 'dark', width: 1280, height: 900 },
  { language: 'zh-CN', theme: 'light', width: 390, height: 844 },
  { language: 'en', theme: 'dark', width: 390, height: 844 },
] as const

/** Opens the drawer, and asks why by keyboard. */
async function why(slot: string) {
  await board.page.goto(`${street.url}/?slot=${slot}`)
  await board.untilLive()
  const drawer = board.page.locator('#slot-drawer')
  await drawer.locator('summary').press('Enter')
  const reasons = drawer.locator('.slot-why')
  await reasons.getByRole('heading').first().waitFor()
  await reasons.scrollIntoViewIfNeeded()
  return reasons
}

async function inAllLooks(
  slot: string,
  picture: string,
  said: { readonly [Language in 'en' | 'zh-CN']: readonly (string | RegExp)[] },
) {
  for (const look of looks) {
    await board.dress(look)
    const reasons = await why(slot)
    for (const sentence of said[look.language]) await reasons.getByText(sentence).first().waitFor()
    expect(await reasons.locator('[lang="en"]').count()).toBe(0)
    expect(await board.serious('#slot-drawer')).toEqual([])
    expect(await board.tooWide()).toEqual([])
    await board.picture(`slot-why-${picture}-${look.language}-${look.theme}-${look.width}`)
  }
}

test('unknown is said as unknown, and who would have to speak', async () => {
  await inAllLooks('S-2', 'unknown', {
    en: [
      'No reader that covers it has been heard yet, and nobody has counted it.',
      'not heard yet: it tells nothing',
      'A read by an antenna that covers it.',
    ],
    'zh-CN': [
      '覆盖此库位的读写器从未有过响应，也没有人盘点过。',
      '从未有过响应：无从得知',
      '覆盖此库位的天线读到标签。',
    ],
  })
})

test('what lies there: which antenna heard it, when, how strong, by which rule', async () => {
  await until('the gateway listens, and the pallet stands in S-1', async () => {
    await shelves.read('shelf-1', pallet)
    return (await board.slotState('S-1')) === 'occupied'
  })
  const counted = [{ sku: 'BOLTS', quantity: 40 }]
  await street.send('POST', `/sites/${site}/counts`, { slot: 'S-1', codes: [pallet], untagged: counted })
  await until('it is read after the count, too', async () => {
    await shelves.read('shelf-1', pallet)
    const { here } = await street.get<{ here: readonly { heard: unknown }[] }>(`/sites/${site}/slots/S-1/evidence`)
    return here[0]?.heard !== null && here[0] !== undefined
  })
  await inAllLooks('S-1', 'occupied', {
    en: [
      '1 tag is held to be there, and 40 without a tag were counted there.',
      /shelf-1\.1, which covers only slot S-1\.$/,
      /^shelf-1\.1 read it .+, −48\.0 dBm$/,
      /^40 without tags, counted .+ by test$/,
      /^heard /,
    ],
    'zh-CN': [
      '认定有 1 个标签在此，盘点到 40 件无标签货物。',
      /shelf-1\.1 读到 .+该读取点只覆盖库位 S-1。$/,
      /由 shelf-1\.1 读到，−48\.0 dBm$/,
      /^无标签 40 件，.+ 由 test 盘点$/,
      /有响应$/,
    ],
  })
})

test('its gateway is gone: it is frozen, and says so', async () => {
  await shelves.killGateway()
  await until(
    'the server knows',
    async () => {
      const { readers } = await street.get<{ readers: readonly { state: string }[] }>(
        `/sites/${site}/slots/S-1/evidence`,
      )
      return readers.every(({ state }) => state === 'silent')
    },
    { withinMs: 120_000 },
  )
  await inAllLooks('S-1', 'frozen', {
    en: [
      /no reader that covers it is heard now, so nothing departs\.$/,
      /^silent since \d\d:\d\d; nothing departs for that$/,
    ],
    'zh-CN': [/覆盖它的读写器目前都没有响应，因此不会判为离开。$/, /^\d\d:\d\d 起无响应；不会因此判为离开$/],
  })
  expect(board.foreign).toEqual([])
  expect(board.complaints).toEqual([])
})

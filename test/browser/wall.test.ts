import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'

/** A screen on the wall: read from metres away, touched by nobody. */
let server: BoardServer
let board: BoardPage

beforeAll(async () => {
  server = await openBoardServer()
  board = await openBoardPage(`${server.url}/wall/main?inch=75&metres=4&language=en#k=${server.key}`)
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await server?.close()
})

const wall = async (search: string) => {
  await board.page.goto(`${server.url}/wall/main${search}`)
  await board.untilLive()
}

test('its key leaves the address, and what the screen is like stays in it', () => {
  expect(board.page.url()).toBe(`${server.url}/wall/main?inch=75&metres=4&language=en`)
})

test('there is nothing to press and nothing to follow', async () => {
  expect(await board.page.locator('button, a[href], input, select').count()).toBe(0)
})

test('what is wrong, worst first, with who has it; the day in numbers with its last two hours', async () => {
  const rows = board.page.getByRole('region', { name: 'Needs you' }).getByRole('listitem')
  expect(await rows.count()).toBe(2)
  expect(await rows.first().innerText()).toMatch(/Cold room too warm[\s\S]*Cold room[\s\S]*nobody yet/)
  expect(await rows.last().innerText()).toMatch(/Humidity high[\s\S]*Li Wei has it/)
  for (const name of ['In today', 'Out today', 'Moved today', 'Sensors out of range'])
    await board.page.getByRole('img', { name: new RegExp(`^${name}, the last two hours`) }).waitFor()
  await board.picture('wall-en-light')
})

describe('letters have the size that the farthest reader needs', () => {
  for (const [search, px] of [
    ['?inch=55&metres=7', 71],
    ['?inch=75&metres=10', 75],
  ] as const) {
    test(search, async () => {
      await wall(search)
      const size = await board.page.evaluate<number>(
        `parseFloat(getComputedStyle(document.querySelector('main')).fontSize)`,
      )
      expect(size).toBeGreaterThanOrEqual(px - 1)
      expect(await board.page.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true)
    })
  }
  test('a screen that is too small says so', async () => {
    await wall('?inch=20&metres=15&language=en')
    await board.page.getByText('cannot be read from 15 m').waitFor()
  })
})

test('an alert that nobody has seen holds its zone', async () => {
  await wall('?zones=hall-north,cold-room&rotate=5&language=en')
  await board.page.getByRole('heading', { name: 'Harbour DC · Cold room' }).waitFor()
})

for (const [name, search, width, height] of [
  ['zh dark', '?inch=75&metres=5&language=zh-CN&theme=dark', 1920, 1080],
  ['a phone', '?language=en', 390, 844],
] as const) {
  test(`axe finds nothing serious: ${name}`, async () => {
    await board.page.setViewportSize({ width, height })
    await wall(search)
    expect(await board.serious()).toEqual([])
    expect(await board.tooWide()).toEqual([])
    await board.picture(`wall-${name.replace(' ', '-')}`)
  })
}

test('cut off, it says for how long it is not live, and comes back by itself', async () => {
  await board.page.setViewportSize({ width: 1920, height: 1080 })
  await wall('?language=en')
  board.serverIsCut = true
  const loads = board.loads()
  await server.cut()
  await board.page.getByText(/^Not live\. Last data/).waitFor()
  await board.picture('wall-not-live')
  await server.resume()
  await board.untilLive()
  expect(board.loads()).toBe(loads)
})

test('nothing foreign was asked for, and nothing was complained about', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints).toEqual([])
})

test('the first paint needs at most 120 kB of script', () => {
  const built = path.join(import.meta.dirname, '../../dist/board')
  const document = readFileSync(path.join(built, 'index.html'), 'utf8')
  const scripts = [...document.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, name]) => name ?? '')
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(built, name))).length, 0)
  expect(bytes).toBeLessThan(120_000)
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { filmOfCode } from '../support/camera.ts'
import { until } from '../support/until.ts'

/** A phone in the aisle: its camera is a film of the label of a slot. */
let server: BoardServer
let board: BoardPage
let directory: string
let film: readonly string[]
const phone = { viewport: { width: 390, height: 844 } }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warepulse-camera-'))
  film = await filmOfCode(join(directory, 'label.y4m'), 'A01-01-3')
  server = await openBoardServer()
  const link = `${server.url}/?k=${server.key}`
  board = await openBoardPage(link, { ...phone, permissions: ['camera'] }, film)
  await board.untilLive()
  server.setSlot('A01-01-3', 'occupied', 2)
  await until('it is told', () => board.page.evaluate<boolean>(`window.__board.slotItems('A01-01-3') === 2`))
  await board.go('/scan')
})
afterAll(async () => {
  await board?.close()
  await server?.close()
  await rm(directory, { recursive: true, force: true })
})

test('a label in front of the camera is one scan, however long it stays there', async () => {
  const { page } = board
  await page.getByRole('button', { name: 'Scan with the camera' }).click()
  await page.getByRole('main').getByRole('status').getByText('Occupied · 2 items').waitFor()
  await board.picture('scan-camera-en')
  const looks = () => page.evaluate<number>(`document.querySelector('video').currentTime`)
  const before = await looks()
  await until('the film went on', async () => (await looks()) > before + 1)
  expect(await page.locator('.scan-lines li').count()).toBe(0) // nothing older than the latest
})

test('off is off: no picture, and the camera is given back', async () => {
  const { page } = board
  await page.evaluate(`globalThis.tracks = document.querySelector('video').srcObject.getTracks()`)
  await page.getByRole('button', { name: 'Camera off' }).click()
  await page.locator('video').waitFor({ state: 'detached' })
  expect(await page.evaluate(`globalThis.tracks.map(({ readyState }) => readyState)`)).toEqual(['ended'])
})

test('a camera that is not allowed is said, with what to do', async () => {
  const { page } = board
  await page.context().clearPermissions()
  await page.getByRole('button', { name: 'Scan with the camera' }).click()
  await page.getByRole('alert').getByText('may not use the camera').waitFor()
  await page.getByRole('button', { name: 'Scan with the camera' }).waitFor()
})

test('nothing foreign was asked for, and nothing was complained about', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints).toEqual([])
})

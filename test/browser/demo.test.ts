import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** What a newcomer sees: one command, a link, a board that lives, and the stories. */
let directory: string
let demo: Running
let board: BoardPage
let startedMs: number

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warepulse-demo-test-'))
  startedMs = performance.now()
  demo = startWarepulse(
    ['demo', '--port', String(await freePort()), '--directory', join(directory, 'demo')],
    {},
    'take-input',
  )
})
afterAll(async () => {
  await board?.close()
  await demo?.stop()
  await rm(directory, { recursive: true, force: true })
})

test('one command: a link within seconds, and it leads to a board that moves', async () => {
  const link = await until('the link is printed', () => /http:\S+\?k=\S+/.exec(demo.output())?.[0])
  board = await openBoardPage(link)
  await board.untilLive()
  await until('most of the warehouse has been seen', async () => ((await board.counts())?.occupied ?? 0) > 1500, {
    withinMs: 15_000,
  })
  expect(performance.now() - startedMs).toBeLessThan(30_000)
  await board.picture('demo-floor-en')

  const before = await board.counts()
  await until('some slot changed without a reload', async () => (await board.counts())?.occupied !== before?.occupied)
  expect(board.loads()).toBe(1)
})

test('the link signs in once', async () => {
  const link = /http:\S+\?k=\S+/.exec(demo.output())?.[0] ?? ''
  const second = await openBoardPage(link)
  await second.page.getByText('needs a sign-in link').waitFor()
  await second.close()
})

test('the cold room fails: the alert is on the board, is acknowledged, and says what to do', async () => {
  demo.type('2')
  await board.page
    .getByText(/Cold room too warm/i)
    .first()
    .waitFor({ timeout: 60_000 })
  await board.go('/alerts')
  const acknowledge = board.page.getByRole('button', { name: /acknowledge/i }).first()
  await acknowledge.click()
  await board.page.getByText(/door/i).first().waitFor()
  await board.picture('demo-alerts-en')
})

test('in Chinese and in the dark it says the same', async () => {
  await board.go('/')
  await board.page.getByRole('button', { name: '切换到中文' }).click()
  await board.page.getByText('在库件数').first().waitFor()
  await board.untilLive()
  await board.picture('demo-floor-zh')
})

test('nothing foreign was asked for, and nothing was complained about', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints).toEqual([])
})

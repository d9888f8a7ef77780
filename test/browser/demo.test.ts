import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allowedMs } from '../support/allowed.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { patienceMs, until } from '../support/until.ts'

/** What a newcomer sees: one command, a link, a board that lives, and the stories. */
let directory: string
let demo: Running
let board: BoardPage
let startedMs: number
/** Somebody else's program on the port that was asked for. */
let squatter: Server
let port: number
/** A story takes up to half a minute to happen. */
const storyMs = 2 * patienceMs

/**
 * Of the first chart: rows of pixels that are dashed (half of them darker than the rest: a limit), upper first, and the
 * uppermost row that the line reaches.
 */
const chartRows = `(() => {
  const canvas = document.querySelector('.chart canvas')
  const { width, height } = canvas
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
  const besideAxis = Math.round(60 * devicePixelRatio)
  const limits = []
  let top = height
  for (let row = 0; row < height; row++) {
    const light = []
    for (let x = besideAxis; x < width; x++) {
      const at = 4 * (row * width + x)
      light.push(255 - (data[at + 3] * (255 - data[at])) / 255)
    }
    const bright = light.toSorted((a, b) => b - a)[Math.floor(light.length / 5)]
    const dark = light.filter((one) => one < bright - 20).length / light.length
    if (dark > 0.4 && dark < 0.7 && row - (limits.at(-1) ?? -9) > 2) limits.push(row)
    if (light.some((one) => one < 60)) top = Math.min(top, row)
  }
  return { limits, top }
})()`

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warepulse-demo-test-'))
  port = await freePort()
  squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
  startedMs = performance.now()
  demo = startWarepulse(['demo', '--port', String(port), '--directory', join(directory, 'demo')], {}, 'take-input')
})
afterAll(async () => {
  await board?.close()
  await demo?.stop()
  squatter?.close()
  await rm(directory, { recursive: true, force: true })
})

test('one command: a link within seconds, and it leads to a board that moves', async () => {
  const link = await until('the link is printed', () => /http:\S+\?k=\S+/.exec(demo.output())?.[0])
  board = await openBoardPage(link)
  await board.untilLive()
  expect(demo.output()).toMatch(/^ {2}Next {3}npx warepulse init /m)
  await until('most of the warehouse has been seen', async () => ((await board.counts())?.occupied ?? 0) > 1500)
  expect(performance.now() - startedMs).toBeLessThan(allowedMs(30_000))
  await board.picture('demo-floor-en')

  const before = await board.counts()
  await until('some slot changed without a reload', async () => (await board.counts())?.occupied !== before?.occupied)
  expect(board.loads()).toBe(1)
})

test('the port was busy: that was said, and another one taken; without a terminal the lines are plain and no keys are offered', () => {
  const said = demo.output()
  expect(said).toContain(`port ${port} is busy, taking the next one`)
  expect(Number(new URL(board.page.url()).port)).toBeGreaterThan(port)
  expect(said).not.toContain('\u001b')
  expect(said).not.toContain('Press')
})

test('a newcomer is shown round by keys: what is told of is ringed; skipped or done it does not come again unless asked for', async () => {
  const { page } = board
  const tour = page.getByRole('region', { name: 'A short tour' })
  const ringed = () => page.locator('.shell').getAttribute('data-tour')
  await tour.getByRole('button', { name: 'Next' }).focus()
  const told: (string | null)[] = []
  for (const title of ['Your warehouse from above', 'What needs you', 'Find anything', 'Is it true?']) {
    await tour.getByRole('heading', { name: title }).waitFor()
    told.push(await ringed())
    await page.keyboard.press('Enter')
  }
  expect(told).toEqual(['plan', 'needs-you', 'search', 'pulse'])
  await tour.waitFor({ state: 'detached' })
  expect(await ringed()).toBe(null)
  await page.reload()
  await board.untilLive()
  expect(await tour.count()).toBe(0)
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'Show the tour' }).click()
  await tour.getByText('Tour · 1 of 4').waitFor()
  await tour.getByRole('button', { name: 'Skip the tour' }).click()
  await tour.waitFor({ state: 'detached' })
})

test('the link signs in once', async () => {
  const link = /http:\S+\?k=\S+/.exec(demo.output())?.[0] ?? ''
  const second = await openBoardPage(link)
  await second.page.getByText('needs a sign-in link').waitFor()
  await second.close()
})

test('typed goods are found: their slots, what lies there, and how it came there', async () => {
  const { page } = board
  await page.keyboard.press('Control+k')
  await page.keyboard.type('hex bolt')
  await page.getByRole('option', { name: /Hex bolt M8/ }).waitFor()
  await page.keyboard.press('Enter')
  const found = page.getByRole('complementary', { name: 'Looked for on the plan' })
  await found.getByText('3 slots hold it, ringed on the plan.').waitFor()
  expect(await found.locator('.found-slots a').count()).toBe(3)
  await page.getByRole('list', { name: 'Legend' }).getByText('Holds what you look for').waitFor()
  await board.picture('demo-found-en')
  await found.getByRole('link', { name: 'Everything that was found' }).click()
  const stock = page.locator('table', { has: page.getByRole('columnheader', { name: 'Quantity' }) })
  await expect.poll(() => stock.locator('tbody a').count(), { timeout: patienceMs }).toBe(3)
  await board.picture('demo-find-en')
  const slot = (await stock.locator('tbody a').first().textContent()) ?? ''
  await stock.locator('tbody a').first().click()
  const drawer = page.getByRole('complementary', { name: `Slot ${slot}` })
  await drawer.getByText('Hex bolt M8').first().waitFor()
  await drawer.locator('a[href^="/item/"]').first().click()
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.locator('main', { hasText: slot }).waitFor()
  await board.picture('demo-item-en')
  await page.goto(new URL('/find?q=hex%20bolt', page.url()).href)
  await expect.poll(() => stock.locator('tbody a').count(), { timeout: patienceMs }).toBeGreaterThanOrEqual(3)
  await board.go('/')
})

/** One sensor's: others of the room may begin to ring meanwhile, and come before it. */
async function firstWarm() {
  const rows = board.page.locator('.alert-row', { hasText: /Cold room too warm/i })
  const where = (await rows.first().locator('.alert-where').innerText()).trim()
  return rows.filter({ has: board.page.getByText(where, { exact: true }) })
}

test('the cold room fails: the alert is on the board, is acknowledged, and says what to do', async () => {
  demo.type('2')
  await board.page
    .getByText(/Cold room too warm/i)
    .first()
    .waitFor({ timeout: storyMs })
  await board.go('/alerts')
  const acknowledge = board.page.getByRole('button', { name: /acknowledge/i }).first()
  await acknowledge.click()
  await board.page.getByText(/door/i).first().waitFor()
  await board.picture('demo-alerts-en')
})

test('from the alert to its graph: it goes over the edge of the permitted band, in the picture and in words', async () => {
  const { page } = board
  const line = await firstWarm()
  await line.locator('.alert-open').click()
  await line.getByRole('link', { name: 'Measurements' }).click()
  await page.getByRole('button', { name: '15 min' }).click()
  const temperature = page.locator('.quantity', { has: page.getByRole('heading', { name: 'Temperature' }) })
  await temperature.getByText(/It has been above 8 °C since/).waitFor({ timeout: storyMs })
  await temperature.locator('canvas').waitFor()
  await until('two limits are drawn, and a line over the upper one', async () => {
    const { limits, top } = await page.evaluate<{ limits: number[]; top: number }>(chartRows)
    return limits.length === 2 && top < (limits[0] ?? 0)
  })
  await board.picture('demo-sensor-over-limit-en')
  await board.go('/alerts')
})

test('it is assigned, shelved with a reason by the keyboard alone, and its line says who did what', async () => {
  const { page } = board
  const line = (await firstWarm()).locator('.alert-open')
  await line.focus()
  await page.keyboard.press('e')
  await page.getByLabel('To whom').waitFor()
  await page.keyboard.type('Li Wei')
  await page.keyboard.press('Enter')
  await page.getByText('assigned → Li Wei').waitFor()
  await page.getByText('given to Li Wei').first().waitFor()
  await line.focus()
  await page.keyboard.press('s')
  await page.getByLabel('Reason').waitFor()
  await page.keyboard.type('The fitter is here')
  await board.picture('demo-alert-shelving-en')
  await page.keyboard.press('Enter')
  await page.getByRole('tab', { name: 'Kept quiet (1)' }).click()
  await page.getByText(/shelved until/).waitFor()
  await line.click()
  await page.getByText('The fitter is here').waitFor()
  const acts = async () => {
    const lines = await page.locator('.act-list li').allTextContents()
    return lines.flatMap((line) => /assigned|shelved/.exec(line)?.[0] ?? [])
  }
  await expect.poll(acts, { timeout: patienceMs }).toEqual(['assigned', 'shelved'])
  await board.picture('demo-alert-shelved-en')
  await page.getByRole('button', { name: 'Take off the shelf' }).click()
  await page.getByRole('tab', { name: 'Kept quiet (0)' }).waitFor()
})

test('the report names what came most often, and says whether one person can follow', async () => {
  const { page } = board
  await page.getByRole('tab', { name: 'Report' }).click()
  await page.getByText('One person can follow these alerts.').waitFor()
  await page.getByRole('region', { name: 'Came most often' }).getByText('Cold room too warm').first().waitFor()
  await board.picture('demo-alert-report-en')
})

test('a zone is taken out of service, listed with its reason, and rings again when that is ended', async () => {
  const { page } = board
  await page.getByRole('tab', { name: 'Planned silence' }).click()
  await page.getByText('No silence is planned.').waitFor()
  await page.getByLabel('Where').selectOption('cold-room')
  await page.locator('.desk-form select').last().selectOption('null')
  await page.getByLabel('Reason').fill('Defrosting')
  await page.getByRole('button', { name: 'Plan silence' }).click()
  await page.getByText('Defrosting').waitFor()
  await board.picture('demo-silence-en')
  await page.getByRole('tab', { name: /Kept quiet \([1-9]/ }).click()
  await page.getByText('out of service').first().waitFor()
  await page.getByRole('tab', { name: 'Planned silence' }).click()
  await page.getByRole('button', { name: 'End now: Defrosting' }).click()
  await page.getByText('No silence is planned.').waitFor()
  await page.getByRole('tab', { name: 'Kept quiet (0)' }).waitFor()
})

test('the time machine asks the ledger, says that this is not now, and finds back', async () => {
  const { page } = board
  await board.go('/')
  await page.getByRole('button', { name: 'Time machine' }).click()
  await page.getByText(/You are looking at .* GMT[+]\d, not now[.] *[\d,]+ items on the site/).waitFor()
  await page.getByRole('button', { name: 'Back to now' }).click()
  await page.locator('.past-when').waitFor({ state: 'detached' })
  expect(new URL(page.url()).search).toBe('')
})

const gateBanner = () => board.page.locator('.banners').getByText(/gate-3/)

test('gate 3 goes silent: the board names its reader within seconds', async () => {
  await board.go('/')
  expect(await gateBanner().count()).toBe(0)
  demo.type('3')
  await gateBanner().first().waitFor({ timeout: storyMs })
  await board.picture('demo-gate-silent-en')
})

/** Told in the terminal: a pallet has its place in one slot, and is put down in another. */
const misplaced = /belongs into (\S+) \(cold room\) is put down in ([^\s.]+)/
const wrongSlot = () => board.page.locator('.alert-row', { hasText: 'In the wrong slot' })
const inWrongSlot = () => board.page.getByRole('region', { name: 'In the wrong slot' }).getByRole('row')

test('a pallet is misplaced: an alert says so and what to do, and the list of goods says where it lies and where it belongs', async () => {
  const { page } = board
  demo.type('4')
  const [, from = '', to = ''] = await until('the story is told', () => misplaced.exec(demo.output()) ?? undefined)
  await until('its slot is occupied on the board', async () => (await board.slotState(to)) === 'occupied')
  await board.go('/alerts')
  await wrongSlot().first().getByText('Take it to the slot where it belongs').waitFor({ timeout: storyMs })
  await page.goto(new URL('/goods', page.url()).href)
  await inWrongSlot().filter({ hasText: to }).filter({ hasText: from }).first().waitFor({ timeout: storyMs })
  await board.picture('demo-misplaced-en')
})

test('minutes later the goods lie where they lay: rounds of its readers that take minutes empty no shelf', async () => {
  const rounds = 'what was read twice in its first seconds was not read for longer than a minute'
  await until(rounds, () => performance.now() - startedMs > 100_000, { withinMs: storyMs })
  await board.go('/')
  await until('the plan is drawn', async () => ((await board.counts())?.occupied ?? 0) > 1500)
})

test('the silent gate has an alert by now that says what to do; it speaks again, and the board stops naming it', async () => {
  await board.go('/alerts')
  const alert = board.page.locator('.alert-row', { hasText: 'gate-3' })
  await alert.getByText('Check power and cable of the reader').waitFor({ timeout: storyMs })
  demo.type('3')
  await board.go('/')
  await gateBanner().first().waitFor({ state: 'detached', timeout: storyMs })
})

test('the misplaced pallet is taken back: what is read in its place again has its alert cleared', async () => {
  demo.type('4')
  await until('the terminal says so', () => demo.output().includes('is taken back to'))
  await board.go('/alerts')
  await wrongSlot().filter({ hasText: 'cleared, not acknowledged' }).first().waitFor({ timeout: storyMs })
})

test('the wall on a phone: no controls; its network pulled it says so within seconds, and is right again without a reload', async () => {
  const link = /http:\S+\/wall\/main#k=\S+/.exec(demo.output())?.[0] ?? ''
  const phone = await openBoardPage(link, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  try {
    await phone.untilLive()
    expect(await phone.page.locator('button, a[href], input, select').count()).toBe(0)
    await phone.picture('demo-phone-wall')
    phone.serverIsCut = true
    await phone.page.context().setOffline(true)
    await phone.page.getByText(/^Not live[.] Last data/).waitFor()
    await phone.picture('demo-phone-cut')
    const before = await board.page.evaluate<number>('window.__board.revision')
    await until('the floor goes on meanwhile', async () => {
      const now = await board.page.evaluate<number>('window.__board.revision')
      return now > before
    })
    await phone.page.context().setOffline(false)
    await phone.untilLive()
    const seen = (of: BoardPage) => of.page.evaluate<unknown>('[window.__board.revision, window.__board.counts]')
    await until('phone and desk show the same', async () => {
      const [small, large] = await Promise.all([seen(phone), seen(board)])
      return JSON.stringify(small) === JSON.stringify(large)
    })
    expect(phone.loads()).toBe(1)
    expect(phone.foreign).toEqual([])
    expect(phone.complaints).toEqual([])
  } finally {
    await phone.close()
  }
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

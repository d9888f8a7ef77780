import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { until } from '../support/until.ts'

/** The graphics card and memory paint the same picture. Here the processor pretends to be the card. */
let server: BoardServer
let browser: Browser
let page: Page
/** A page without a policy, to look at pictures in. */
let judge: Page

beforeAll(async () => {
  server = await openBoardServer()
  server.setGateway('gw-south', 'offline')
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--no-first-run'],
  })
  page = await browser.newPage({ viewport: { width: 1000, height: 700 }, reducedMotion: 'reduce' })
  judge = await browser.newPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** The picture has the size of its place on the page, and no other was wanted within two frames. */
const untilPainted = () =>
  until('the plan is painted', () =>
    page.evaluate<boolean>(`new Promise((resolve) => {
      const [frame, canvas] = ['.plan-frame', '.plan canvas'].map((one) => document.querySelector(one))
      const before = window.__board.pictures.count
      const isRight = () => window.__board.live && before > 0 && before === window.__board.pictures.count &&
        canvas?.width === Math.round(frame.clientWidth * devicePixelRatio) &&
        canvas.height === Math.round(frame.clientHeight * devicePixelRatio)
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(isRight())))
    })`),
  )

async function groundPaintedBy(renderer: string, query = ''): Promise<string> {
  await page.goto(`${server.url}/?renderer=${renderer}${query}`)
  await untilPainted()
  // Values of sensors move on; what lies under them does not.
  await page.evaluate(`{
    for (const thing of document.querySelectorAll('.plan canvas + canvas, .plan-foot, .plan-tools, .floor-switch'))
      thing.style.visibility = 'hidden'
  }`)
  expect(await page.evaluate('window.__board.pictures.kind')).toBe(renderer)
  return (await page.locator('.plan-frame').screenshot()).toString('base64')
}

/** Share of pixels of two pictures that differ, and how many colours the first has. */
function compared(one: string, two: string) {
  return judge.evaluate<{ readonly differing: number; readonly colours: number }>(`(async () => {
    const pixels = []
    for (const text of ${JSON.stringify([one, two])}) {
      const image = new Image()
      image.src = 'data:image/png;base64,' + text
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0)
      pixels.push(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer))
    }
    let differing = 0
    for (let at = 0; at < pixels[0].length; at++) if (pixels[0][at] !== pixels[1][at]) differing++
    return { differing: differing / pixels[0].length, colours: new Set(pixels[0]).size }
  })()`)
}

test('zones, slots of every state, hatching: card and memory agree', async () => {
  await page.goto(`${server.url}/?k=${server.key}`)
  await until('signed in', () => page.evaluate<boolean>('window.__board.live'))
  const memory = await groundPaintedBy('canvas')
  const { differing, colours } = await compared(memory, await groundPaintedBy('webgl'))
  expect(colours).toBeGreaterThan(5)
  // Edges may round to the other pixel: a card counts with fewer digits.
  expect(differing).toBeLessThan(0.01)
})

test('a picture that differs is seen to differ', async () => {
  const memory = await groundPaintedBy('canvas')
  server.setGateway('gw-south', 'online')
  expect((await compared(memory, await groundPaintedBy('canvas'))).differing).toBeGreaterThan(0.01)
})

test('a card that lets go is done without, and nobody need reload', async () => {
  await groundPaintedBy('webgl')
  const before = await page.evaluate<number>('window.__board.pictures.count')
  await page.evaluate(
    `document.querySelector('.plan canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()`,
  )
  server.setSlot('A01-01-1', 'unknown', 0)
  await until('it is painted again', () => page.evaluate<boolean>(`window.__board.pictures.count > ${before}`))
})

test('zoomed in, the way back is told and goes there, and the whole plan is seen small', async () => {
  await page.goto(`${server.url}/`)
  await untilPainted()
  const way = page.getByRole('navigation', { name: 'Where on the plan' })
  expect(await way.count()).toBe(0)
  const box = (await page.locator('.plan-frame').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  const steps = way.getByRole('button')
  // Turn by turn: a browser that is busy makes one of several.
  await until('the way has come to a rack', async () => {
    await page.mouse.wheel(0, -240)
    await untilPainted()
    return (await steps.count()) >= 3
  })
  await page.locator('.plan-overview').waitFor()
  await page.screenshot({ path: 'test-results/plan-way.png' })
  await steps.nth(1).press('Enter')
  await until('it is back at the zone', async () => (await steps.count()) === 2)
  await steps.first().press('Enter')
  await way.waitFor({ state: 'detached' })
})

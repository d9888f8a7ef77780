import type { Page } from 'playwright-core'
import { layOut, type Plan, rectOf } from '../cloud/board/core/plan.ts'
import { fitView, type Point, type Rect, toPixels } from '../cloud/board/core/view.ts'
import { planWarehouse } from '../simulators/world/plan.ts'
import { warehouseSizes } from '../simulators/world/size.ts'
import { openStreet } from '../test/support/street.ts'
import type { Figures } from './benchmark.ts'
import { openChromium, untilLive } from './support/huge-board.ts'
import { percentile } from './support/probes.ts'

/**
 * An integrator draws up 10,000 slots in Chromium against a cloud of its own process: until the editor shows them, between
 * two frames while a rack is dragged about, from letting go of it until the draft is kept, until the diff is shown, and
 * from a click until the new version is in force.
 */
const site = 'bench'
const size = { ...warehouseSizes.huge, rowsPerHall: 50, baysPerRow: 20 }
/** As `editor-plan.tsx` leaves free around the plan. */
const margins = { top: 36, right: 72, bottom: 24, left: 24 }
const dragSteps = 120

export async function run(): Promise<Figures> {
  const { map } = planWarehouse({ site, name: 'Bench', timeZone: 'UTC', seed: 42, size })
  const street = await openStreet(site)
  const browser = await openChromium('canvas')
  try {
    await street.startCloud()
    await street.send('PUT', `/sites/${site}/map`, map)
    await street.caughtUp()
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'en-GB' })
    await page.goto(await street.linkFor('ines', 'integrator'))
    await untilLive(page)

    const openMs = await timed(async () => {
      await page.goto(`${street.url}/map`)
      await page.getByText('Version 1 is in force.').waitFor()
    })
    await page.getByRole('tab', { name: /^Slots/ }).click()
    const place = await placing(page, layOut(map))
    const chooseMs = await timed(async () => {
      await page.keyboard.down('Shift')
      await drag(page, place.rack.from, place.rack.to, 4)
      await page.keyboard.up('Shift')
      await page
        .getByText(/^\d[\d,]* chosen$/)
        .first()
        .waitFor()
    })
    const chosen = Number(
      (
        await page
          .getByText(/^\d[\d,]* chosen$/)
          .first()
          .innerText()
      ).replace(/\D/g, ''),
    )

    await page.mouse.move(place.slot.x, place.slot.y)
    await page.mouse.down()
    await page.evaluate(`{
      window.frames = []
      const look = (at) => {
        window.frames?.push(at)
        if (window.frames !== undefined) requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    }`)
    const dragMs = await timed(async () => {
      for (let step = 1; step <= dragSteps; step++)
        await page.mouse.move(place.slot.x + 60 * Math.sin(step / 10), place.slot.y + step / 4)
    })
    const frames = await page.evaluate<readonly number[]>('window.frames')
    await page.evaluate('window.frames = undefined')
    await page.mouse.up()
    const keptMs = await timed(() => page.getByText(/Draft from version 1 · saved/).waitFor())

    const diffMs = await timed(async () => {
      await page.getByRole('button', { name: 'Check and publish' }).click()
      await page.getByRole('button', { name: 'Publish version 2' }).waitFor()
    })
    const publishMs = await timed(async () => {
      await page.getByRole('button', { name: 'Publish version 2' }).click()
      await page.getByText('Version 2 is published.').first().waitFor()
    })
    const apart = frames.slice(1).map((at, n) => at - (frames[n] ?? at))
    const whole = { openMs, chooseMs, dragMs, keptMs, diffMs, publishMs }
    return {
      slots: map.slots.length,
      slotsDragged: chosen,
      ...Object.fromEntries(Object.entries(whole).map(([name, ms]) => [name, Math.round(ms)])),
      dragFrames: frames.length,
      dragFrameP95Ms: Number(percentile(apart, 0.95).toFixed(1)),
    }
  } finally {
    await browser.close()
    await street.remove()
  }
}

/** Where on the screen the rack of the first slot lies, and that slot, while everything is shown. */
async function placing(page: Page, plan: Plan) {
  const box = await page.getByRole('group', { name: /^Plan of the draft/ }).boundingBox()
  if (box === null) throw new Error('the plan of the editor is not shown')
  const view = fitView(plan.bounds, box, margins)
  const onScreen = ({ x, y }: Point) => {
    const at = toPixels(view, { x, y })
    return { x: box.x + at.x, y: box.y + at.y }
  }
  const corner = (rect: Rect, aside: number) => ({
    from: onScreen({ x: rect.x - aside, y: rect.y - aside }),
    to: onScreen({ x: rect.x + rect.width + aside, y: rect.y + rect.height + aside }),
  })
  const slot = rectOf(plan.slotRects, 0)
  return {
    rack: corner(plan.rackOf(0), 0.1),
    slot: onScreen({ x: slot.x + slot.width / 2, y: slot.y + slot.height / 2 }),
  }
}

async function drag(page: Page, from: Point, to: Point, steps: number): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps })
  await page.mouse.up()
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await act()
  return performance.now() - startedMs
}

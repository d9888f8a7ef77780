import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import axe, { type AxeResults } from 'axe-core'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { patienceMs, until } from './until.ts'

/** How somebody looks at the board: what it keeps for them, and the size of their window. */
export interface Look {
  readonly language: 'en' | 'zh-CN'
  readonly theme: 'light' | 'dark'
  readonly width: number
  readonly height: number
}

/** The board in the machine's own Chromium, watched for everything that it must not do. */
export interface BoardPage {
  readonly page: Page
  /** Requests to any other origin. */
  readonly foreign: string[]
  /** Console errors and exceptions. */
  readonly complaints: string[]
  /** While it is true, the browser's own reports of refused connections are no complaints: server or network is cut. */
  serverIsCut: boolean
  /** How often a document was loaded; 1 = never reloaded. */
  loads(): number
  counts(): Promise<{ empty: number; occupied: number; unknown: number } | null>
  slotState(code: string): Promise<string | undefined>
  isLive(): Promise<boolean>
  untilLive(): Promise<void>
  /** By the page's own link, without a reload. */
  go(path: string): Promise<void>
  /** The window has its size at once; language and theme come with the next document. */
  dress(look: Look): Promise<void>
  /** What axe finds serious or critical (WCAG 2.2), all over the page or within a selector; none is []. */
  serious(within?: string): Promise<string[]>
  /** What is wider than the window, and buttons that something around them cuts off; none is []. */
  tooWide(): Promise<string[]>
  /** What the keyboard's focus is on: its name, or its words. `BODY`: it was lost. */
  focused(): Promise<string>
  /** Into `test-results/<name>.png`, to be looked at. */
  picture(name: string): Promise<void>
  close(): Promise<void>
}

const pictures = fileURLToPath(new URL('../../test-results/', import.meta.url))
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBoardPage(
  link: string,
  options: BrowserContextOptions = {},
  moreArguments: readonly string[] = [],
): Promise<BoardPage> {
  const args = [...chromiumArguments, ...moreArguments]
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
  const context = await browser.newContext({
    viewport: { width: 1920, height: 1080 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  const { host } = new URL(link)
  const foreign: string[] = []
  const complaints: string[] = []
  let loads = 0
  page.on('domcontentloaded', () => {
    loads += 1
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.host !== host && !['data:', 'blob:'].includes(url.protocol)) foreign.push(request.url())
  })
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) foreign.push(socket.url())
  })
  const board: BoardPage = {
    page,
    foreign,
    complaints,
    serverIsCut: false,
    loads: () => loads,
    counts: () => page.evaluate('window.__board.counts'),
    slotState: (code) => page.evaluate(`window.__board.slotState(${JSON.stringify(code)})`),
    isLive: () => page.evaluate<boolean>('window.__board.live'),
    untilLive: async () => {
      await until('the board is live', () => board.isLive())
    },
    async go(path) {
      await page.locator(`nav a[href="${path}"]`).first().click()
      await until(`the page is ${path}`, () => new URL(page.url()).pathname === path)
    },
    async dress({ language, theme, width, height }) {
      await page.setViewportSize({ width, height })
      await page.evaluate(
        (value) => localStorage.setItem('warepulse.board', value),
        JSON.stringify({ language, theme }),
      )
    },
    async serious(within) {
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(within) ?? ''})`)
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    },
    tooWide: () =>
      page.evaluate<string[]>(`[document.documentElement, document.getElementById('content')]
        .filter((one) => one !== null && one.scrollWidth > innerWidth)
        .map(({ nodeName, scrollWidth }) => nodeName + ' is ' + scrollWidth + ' px wide')
        .concat([...document.querySelectorAll('main button')].filter((button) => {
          const { right, width } = button.getBoundingClientRect()
          for (let around = button.parentElement; width > 0 && around !== null; around = around.parentElement) {
            const { overflowX } = getComputedStyle(around)
            const room = around.getBoundingClientRect()
            if (['hidden', 'clip'].includes(overflowX) && right > room.right + 1) return true
            if (['auto', 'scroll'].includes(overflowX) && width > room.width) return true
          }
          return false
        }).map(({ innerText }) => innerText + ' is cut off'))`),
    focused: () =>
      page.evaluate<string>(`(({ activeElement: on }) =>
        on === document.body ? 'BODY' : on.ariaLabel ?? on.textContent.trim())(document)`),
    async picture(name) {
      await mkdir(pictures, { recursive: true })
      await page.screenshot({ path: `${pictures}${name}.png` })
    },
    close: () => browser.close(),
  }
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    if (board.serverIsCut && /ERR_(CONNECTION|EMPTY|SOCKET|INTERNET_DISCONNECTED)/.test(message.text())) return
    // The browser's word on a link that the page found too slow and let go of, to take it up again.
    if (message.text().includes('WebSocket is closed before the connection is established')) return
    complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(link)
  return board
}

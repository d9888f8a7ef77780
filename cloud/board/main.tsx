/**
 * The board: a live page for everyone in the hall. `core/` decides and is tested without a browser (snapshot and deltas
 * on typed arrays, staleness, trust, geometry, words); `live/` keeps one `Store` in step with the server (sign in, pick
 * a site, watch, snapshot, deltas); `plan/` paints the floor on a canvas; `parts/` and `pages/` are Preact over the
 * store's signals. It asks its own origin and nobody else, under a policy of `default-src 'self'`.
 *
 * `window.__board` is a read-only view for browser tests: `revision` (null before the first snapshot), `live`,
 * `slotState(code)` ("empty", "occupied", "unknown"; undefined for a code not on the map), `slotItems(code)` (0 for such
 * a code), `counts` of slots by state (null before the first snapshot), `pictures` of the plan painted so far and by what.
 */
import { render } from 'preact'
import { countSlots, type SlotCounts, slotStateOf } from './core/board.ts'
import { keepFocus } from './live/kept-focus.ts'
import { openStore, StoreProvider } from './live/store.ts'
import { App } from './pages/app.tsx'

interface BoardView {
  readonly revision: number | null
  readonly live: boolean
  readonly counts: SlotCounts | null
  readonly pictures: { readonly count: number; readonly kind: 'webgl' | 'canvas' | null }
  slotState(code: string): string | undefined
  slotItems(code: string): number
}
declare global {
  interface Window {
    readonly __board: BoardView
  }
}

const store = openStore()
const view: BoardView = {
  get revision() {
    return store.board.peek()?.revision ?? null
  },
  get live() {
    return store.board.peek() !== null && store.liveness.peek().state === 'live'
  },
  get counts() {
    const board = store.board.peek()
    return board === null ? null : countSlots(board.slotState)
  },
  get pictures() {
    return { ...store.pictures }
  },
  slotState(code) {
    const board = store.board.peek()
    return board === null ? undefined : slotStateOf(board, code)
  },
  slotItems(code) {
    const board = store.board.peek()
    return board?.slotItems[board.slotIndex.get(code) ?? -1] ?? 0
  },
}
Object.defineProperty(window, '__board', { value: Object.freeze(view) })

const root = document.getElementById('board')
if (root !== null) {
  render(
    <StoreProvider value={store}>
      <App />
    </StoreProvider>,
    root,
  )
  keepFocus(root, () => performance.now())
}

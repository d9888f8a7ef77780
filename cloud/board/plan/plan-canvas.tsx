import { effect, type ReadonlySignal, signal, useComputed, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { levelsAt, nextLevel } from '../core/levels.ts'
import { centre, type Direction, neighbour, rectOf, slotAt } from '../core/plan.ts'
import { fitView, type Margins, pan, type Rect, reveal, type Size, toMetres, type View, zoom } from '../core/view.ts'
import { useStore } from '../live/store.ts'
import { IconButton } from '../parts/icon.tsx'
import { LayerMenu } from '../parts/layer-menu.tsx'
import { Legend } from '../parts/legend.tsx'
import { PlanPlace } from './plan-place.tsx'
import { usePicture } from './use-picture.ts'
import { usePlanWindow } from './use-window.ts'

const nothingFound = signal<readonly number[]>([])

/** A wheel that was still for so long begins anew. */
const wheelRestMs = 250

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** Room for the tools and the legend, so that a plan shown whole is not covered by them. */
function marginsFor({ width, height }: Size): Margins {
  if (height < 260) return { top: 8, right: 8, bottom: 8, left: 8 }
  return width < 560 ? { top: 66, right: 10, bottom: 112, left: 10 } : { top: 22, right: 62, bottom: 58, left: 22 }
}

/** The floor plan: drawn only when something changed, at most once a frame. */
export function PlanCanvas({
  selected,
  found = nothingFound,
  finding = null,
  onSelect,
}: {
  readonly selected: string | null
  /** Indexes of slots to ring, because they hold what is looked for. */
  readonly found?: ReadonlySignal<readonly number[]>
  /** What is looked for: with something else the whole plan is shown. */
  readonly finding?: string | null
  readonly onSelect: (code: string | null) => void
}) {
  const store = useStore()
  const frame = useRef<HTMLDivElement>(null)
  const ground = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const view = useSignal<View | null>(null)
  const chosen = useSignal<string | null>(selected)
  chosen.value = selected
  /** Fitted views follow the window; one the visitor has moved stays where it was put. */
  const isFitted = useRef(true)
  const window = usePlanWindow(frame)
  const { size } = window
  const fitted = useComputed<View | null>(() => {
    const plan = store.plan.value
    return plan === null || size.value.width === 0 ? null : fitView(plan.bounds, size.value, marginsFor(size.value))
  })
  const index = useComputed(() => (chosen.value === null ? -1 : (store.board.value?.slotIndex.get(chosen.value) ?? -1)))
  const { layer } = store
  const look = { view, selected: index, found, layer, scale: 1, isQuiet: false }
  const { onScreen, sentence, groundKey } = usePicture(ground, over, window, look)

  useEffect(() => {
    const stops = [
      effect(() => {
        if (fitted.value !== null && (isFitted.current || view.peek() === null)) view.value = fitted.value
      }),
      effect(() => {
        const plan = store.plan.value
        const at = view.peek()
        if (index.value < 0 || plan === null || at === null) return
        const next = reveal(at, rectOf(plan.slotRects, index.value), size.peek(), 60)
        if (next.x === at.x && next.y === at.y) return
        isFitted.current = false
        view.value = next
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])

  const zoomBy = (factor: number, around = { x: size.peek().width / 2, y: size.peek().height / 2 }) => {
    const [at, whole, plan] = [view.peek(), fitted.peek(), store.plan.peek()]
    if (at === null || whole === null || plan === null) return
    isFitted.current = false
    view.value = pan(zoom(at, factor, around, whole), 0, 0, plan.bounds, size.peek())
  }
  /** Site, zone, rack, slot: the next one in, at a place, or out again. False: there is none further. */
  const goLevel = (direction: 1 | -1, pixels = { x: size.peek().width / 2, y: size.peek().height / 2 }): boolean => {
    const [at, plan, board] = [view.peek(), store.plan.peek(), store.board.peek()]
    if (at === null || plan === null || board === null) return false
    const levels = levelsAt(board.map, plan, toMetres(at, pixels))
    const next = nextLevel(levels, at, direction, size.peek(), marginsFor(size.peek()))
    if (next === null) return false
    isFitted.current = false
    view.value = next
    return true
  }
  const showAll = () => {
    isFitted.current = true
    view.value = fitted.peek()
  }
  useLayoutEffect(() => {
    if (finding !== null && index.peek() < 0) showAll()
  }, [finding])
  const move = (dx: number, dy: number) => {
    const [at, plan] = [view.peek(), store.plan.peek()]
    if (at === null || plan === null) return
    isFitted.current = false
    view.value = pan(at, dx, dy, plan.bounds, size.peek())
  }
  const codeOf = (slot: number) => store.board.peek()?.map.slots[slot]?.id ?? null

  // Wheel and pinch must be able to keep the page from scrolling, which a passive listener cannot; and from the first
  // drawing on.
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    // Where the plan is on the page costs a layout to know, and does not change while somebody turns the wheel.
    let box = element.getBoundingClientRect()
    let turnedAt = Number.NEGATIVE_INFINITY
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      if (event.timeStamp - turnedAt > wheelRestMs) box = element.getBoundingClientRect()
      turnedAt = event.timeStamp
      const step = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY
      zoomBy(Math.exp(-Math.max(-240, Math.min(240, step)) / (event.ctrlKey ? 100 : 400)), {
        x: event.clientX - box.left,
        y: event.clientY - box.top,
      })
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    const onKey = (event: KeyboardEvent) => {
      if (!store.preferences.peek().keys || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return
      if (event.key === '+' || event.key === '=') zoomBy(1.4)
      else if (event.key === '-') zoomBy(1 / 1.4)
      else if (event.key === '0') showAll()
      else return
      event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => {
      element.removeEventListener('wheel', onWheel)
      removeEventListener('keydown', onKey)
    }
  }, [])

  const fingers = useRef(new Map<number, { x: number; y: number }>())
  const gesture = useRef({ moved: 0, wasPinch: false })
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return
    event.currentTarget.setPointerCapture(event.pointerId)
    if (fingers.current.size === 0) gesture.current = { moved: 0, wasPinch: false }
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (fingers.current.size > 1) gesture.current.wasPinch = true
  }
  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId)
    if (before === undefined || frame.current === null) return
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1]
    const now = { x: event.clientX, y: event.clientY }
    fingers.current.set(event.pointerId, now)
    gesture.current.moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y)
    if (other !== undefined) {
      const box = frame.current.getBoundingClientRect()
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y))
      zoomBy(factor, { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top })
      move((now.x - before.x) / 2, (now.y - before.y) / 2)
    } else if (gesture.current.moved > 5) move(now.x - before.x, now.y - before.y)
  }
  const onPointerUp = (event: PointerEvent) => {
    const wasDown = fingers.current.delete(event.pointerId)
    const [at, plan] = [view.peek(), store.plan.peek()]
    if (!wasDown || event.type === 'pointercancel' || gesture.current.moved > 5 || gesture.current.wasPinch) return
    if (at === null || plan === null || frame.current === null) return
    const box = frame.current.getBoundingClientRect()
    const metres = toMetres(at, { x: event.clientX - box.left, y: event.clientY - box.top })
    const slack = (event.pointerType === 'mouse' ? 2 : 14) / at.pixelsPerMetre
    onSelect(codeOf(slotAt(plan, metres, slack)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const plan = store.plan.peek()
    const at = view.peek()
    const direction = arrows[event.key]
    if (plan === null) return
    if (direction !== undefined) {
      event.preventDefault()
      const from = index.peek()
      // From a slot the way is known before the plan is measured; only what is in sight is not.
      const inSight = () => (at === null ? -1 : firstInSight(plan, at, size.peek()))
      const next = from < 0 ? inSight() : neighbour(plan, from, direction)
      if (next >= 0) onSelect(codeOf(next))
    } else if (event.key === 'Escape' && index.peek() >= 0) {
      event.preventDefault()
      onSelect(null)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      if (!goLevel(-1)) showAll()
    } else if (event.key === 'Enter' && index.peek() >= 0) {
      event.preventDefault()
      document.getElementById('slot-drawer')?.focus()
    }
  }

  const words = store.words.value
  const isLost = store.liveness.value.state === 'lost'
  return (
    <div class={isLost ? 'plan not-live' : 'plan'}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would say "form" where there is none */}
      <div
        ref={frame}
        class="plan-frame"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk the slots from here
        tabIndex={0}
        role="group"
        aria-label={`${words.planName}. ${words.planKeys}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onDblClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          goLevel(1, { x: event.clientX - box.left, y: event.clientY - box.top })
        }}
        onKeyDown={onKeyDown}
      >
        <canvas key={groundKey} ref={ground} />
        <canvas ref={over} role="img" aria-label={sentence.value} />
        {isLost && <div class="plan-hatch" />}
      </div>
      <PlanPlace
        view={view}
        fitted={fitted}
        window={window}
        marginsFor={marginsFor}
        onLevel={({ rect }) => {
          const plan = store.plan.peek()
          if (isSameRect(rect, plan?.bounds)) return showAll()
          isFitted.current = false
          view.value = fitView(rect, size.peek(), marginsFor(size.peek()))
        }}
        onPlace={({ x, y }) => {
          const [at, plan] = [view.peek(), store.plan.peek()]
          if (at === null || plan === null) return
          const { width, height } = size.peek()
          isFitted.current = false
          const there = { ...at, x: width / 2 - x * at.pixelsPerMetre, y: height / 2 - y * at.pixelsPerMetre }
          view.value = pan(there, 0, 0, plan.bounds, size.peek())
        }}
      />
      <div class="plan-tools">
        <IconButton icon="plus" label={words.zoomIn} onClick={() => zoomBy(1.4)} />
        <IconButton icon="minus" label={words.zoomOut} onClick={() => zoomBy(1 / 1.4)} />
        <IconButton icon="fit" label={words.zoomFit} onClick={showAll} />
      </div>
      <div class="plan-foot">
        <LayerMenu />
        <Legend onScreen={onScreen.value} />
      </div>
    </div>
  )
}

function isSameRect(one: Rect, other: Rect | undefined): boolean {
  return one.x === other?.x && one.y === other.y && one.width === other.width && one.height === other.height
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}

/** The slot nearest to the middle of the window: where the eye is. */
function firstInSight(plan: Parameters<typeof neighbour>[0], view: View, size: Size): number {
  const middle = toMetres(view, centre({ x: 0, y: 0, ...size }))
  return slotAt(plan, middle, Number.POSITIVE_INFINITY)
}

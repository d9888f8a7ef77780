import { effect, type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Slot } from '../../../shared/site-map.ts'
import { moved, toMillimetre, withoutRows } from '../core/map/edit.ts'
import { pickAt, rowsWithin } from '../core/map/pick.ts'
import { fitView, type Point, pan, type Rect, toMetres, type View, zoom } from '../core/view.ts'
import { IconButton } from '../parts/icon.tsx'
import { usePlanWindow } from '../plan/use-window.ts'
import { type DraftScene, drawDraft, drawGround, isSameGround } from './draw-draft.ts'
import { useEditor, useMapWords } from './use-editor.ts'

/** Room for the name of a zone above it, and for the tools. */
const margins = { top: 36, right: 72, bottom: 24, left: 24 }
/** What a dragged row snaps to, metres. */
const grid = 0.05
const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

type Gesture =
  | { readonly does: 'pan' }
  | { readonly does: 'move'; readonly from: Point }
  | { readonly does: 'lasso'; readonly from: Point }

/** The plan of the draft: chosen, moved and looked at with pointer or keys. */
export function EditorPlan({ ghosts }: { readonly ghosts: ReadonlySignal<readonly Slot[]> }) {
  const editor = useEditor()
  const words = useMapWords()
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const window = usePlanWindow(frame)
  const { size } = window
  const view = useSignal<View | null>(null)
  const isFitted = useRef(true)
  const lasso = useSignal<Rect | null>(null)
  const bounds = useComputed(() => around(editor.plan.value.bounds, ghosts.value))
  const fitted = useComputed(() => (size.value.width === 0 ? null : fitView(bounds.value, size.value, margins)))

  useEffect(() => {
    let asked = 0
    // Ten thousand slots are painted once, not with every step of the pointer.
    let ground: { readonly canvas: OffscreenCanvas; readonly scene: DraftScene } | null = null
    const draw = () => {
      asked = 0
      const [at, palette, on] = [view.peek(), window.palette.peek(), canvas.current]
      const { width, height } = size.peek()
      const ratio = window.ratio.peek()
      if (at === null || palette === null || on === null || width === 0) return
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
      if (on.width !== wide || on.height !== high) {
        on.width = wide
        on.height = high
      }
      const pen = on.getContext('2d')
      if (pen === null) return
      const scene: DraftScene = {
        map: editor.map.peek(),
        plan: editor.plan.peek(),
        selection: editor.selection.peek(),
        drag: editor.drag.peek(),
        ghosts: ghosts.peek(),
        lasso: lasso.peek(),
        view: at,
        size: size.peek(),
        ratio,
        palette,
      }
      if (ground === null || !isSameGround(ground.scene, scene)) {
        const isSized = ground?.canvas.width === wide && ground.canvas.height === high
        const canvas = isSized && ground !== null ? ground.canvas : new OffscreenCanvas(wide, high)
        const below = canvas.getContext('2d')
        if (below === null) return
        drawGround(below, scene)
        ground = { canvas, scene }
      }
      drawDraft(pen, scene, ground.canvas)
    }
    const stops = [
      effect(() => {
        if (fitted.value !== null && (isFitted.current || view.peek() === null)) view.value = fitted.value
      }),
      effect(() => {
        for (const one of [editor.plan, editor.selection, editor.drag, ghosts, lasso, view, size, window.palette])
          void one.value
        if (asked === 0) asked = requestAnimationFrame(draw)
      }),
    ]
    return () => {
      for (const stop of stops) stop()
      cancelAnimationFrame(asked)
    }
  }, [editor])

  const zoomBy = (factor: number, pixels = { x: size.peek().width / 2, y: size.peek().height / 2 }) => {
    const [at, whole] = [view.peek(), fitted.peek()]
    if (at === null || whole === null) return
    isFitted.current = false
    view.value = zoom(at, factor, pixels, whole)
  }
  const showAll = () => {
    isFitted.current = true
    view.value = fitted.peek()
  }
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const step = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY
      zoomBy(Math.exp(-Math.max(-240, Math.min(240, step)) / 400), {
        x: event.clientX - box.left,
        y: event.clientY - box.top,
      })
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [])

  const gesture = useRef<Gesture | null>(null)
  const travelled = useRef(0)
  const metresAt = (event: PointerEvent): Point | null => {
    const [at, box] = [view.peek(), frame.current?.getBoundingClientRect()]
    return at === null || box === undefined
      ? null
      : toMetres(at, { x: event.clientX - box.left, y: event.clientY - box.top })
  }
  const under = (event: PointerEvent, point: Point) => {
    const slack = (event.pointerType === 'mouse' ? 7 : 14) / (view.peek()?.pixelsPerMetre ?? 1)
    return pickAt(editor.map.peek(), editor.plan.peek(), point, slack, editor.selection.peek().kind)
  }
  const onPointerDown = (event: PointerEvent) => {
    const point = metresAt(event)
    if (event.button !== 0 || point === null || !(event.currentTarget instanceof HTMLElement)) return
    event.currentTarget.setPointerCapture(event.pointerId)
    travelled.current = 0
    const hit = under(event, point)
    const { kind, rows } = editor.selection.peek()
    if (hit !== null && hit.kind === kind && rows.has(hit.row) && !event.shiftKey)
      gesture.current = { does: 'move', from: point }
    else gesture.current = event.shiftKey ? { does: 'lasso', from: point } : { does: 'pan' }
  }
  const onPointerMove = (event: PointerEvent) => {
    const [now, point, at] = [gesture.current, metresAt(event), view.peek()]
    if (now === null || point === null || at === null) return
    travelled.current += Math.abs(event.movementX) + Math.abs(event.movementY)
    if (travelled.current < 4) return
    if (now.does === 'pan') {
      isFitted.current = false
      view.value = pan(at, event.movementX, event.movementY, bounds.peek(), size.peek())
    } else if (now.does === 'move') {
      editor.drag.value = { dx: snapped(point.x - now.from.x), dy: snapped(point.y - now.from.y) }
    } else lasso.value = boxOf(now.from, point)
  }
  const onPointerUp = (event: PointerEvent) => {
    const [now, point] = [gesture.current, metresAt(event)]
    gesture.current = null
    const [drag, box] = [editor.drag.peek(), lasso.peek()]
    editor.drag.value = null
    lasso.value = null
    if (now === null || point === null || event.type === 'pointercancel') return
    const { kind, rows } = editor.selection.peek()
    if (drag !== null) editor.change(moved(editor.map.peek(), { kind, rows }, drag.dx, drag.dy))
    else if (box !== null)
      editor.choose(kind, [...rows, ...rowsWithin(editor.map.peek(), editor.plan.peek(), kind, box)])
    else if (travelled.current < 4) {
      const hit = under(event, point)
      if (hit === null) editor.choose(kind)
      else if (event.shiftKey && hit.kind === kind) editor.choose(kind, toggled(rows, hit.row))
      else editor.choose(hit.kind, [hit.row])
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    const selection = editor.selection.peek()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (step !== undefined && selection.rows.size > 0) {
      const metres = event.shiftKey ? 1 : 0.1
      editor.change(moved(editor.map.peek(), selection, step[0] * metres, step[1] * metres))
    } else if (step !== undefined) {
      const at = view.peek()
      if (at === null) return
      isFitted.current = false
      view.value = pan(at, -step[0] * 40, -step[1] * 40, bounds.peek(), size.peek())
    } else if (event.key === 'Delete' && selection.rows.size > 0) {
      editor.change(withoutRows(editor.map.peek(), selection))
    } else if (event.key === 'Escape') editor.choose(selection.kind)
    else if (event.key === '+' || event.key === '=') zoomBy(1.4)
    else if (event.key === '-') zoomBy(1 / 1.4)
    else if (event.key === '0') showAll()
    else return
    event.preventDefault()
  }

  return (
    <div class="plan">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would say "form" where there is none */}
      <div
        ref={frame}
        class="plan-frame"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move what is chosen from here
        tabIndex={0}
        role="group"
        aria-label={`${words.planName}. ${words.planKeys}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} role="img" aria-label={words.planName} />
      </div>
      <div class="plan-tools">
        <IconButton icon="plus" label={words.zoomIn} onClick={() => zoomBy(1.4)} />
        <IconButton icon="minus" label={words.zoomOut} onClick={() => zoomBy(1 / 1.4)} />
        <IconButton icon="fit" label={words.zoomFit} onClick={showAll} />
      </div>
    </div>
  )
}

function snapped(metres: number): number {
  return toMillimetre(Math.round(metres / grid) * grid)
}

function boxOf(one: Point, other: Point): Rect {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)]
  return { x, y, width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y) }
}

function toggled(rows: ReadonlySet<number>, row: number): ReadonlySet<number> {
  const next = new Set(rows)
  if (!next.delete(row)) next.add(row)
  return next
}

function around(bounds: Rect, ghosts: readonly Slot[]): Rect {
  if (ghosts.length === 0) return bounds
  let { x: left, y: top } = bounds
  let [right, bottom] = [bounds.x + bounds.width, bounds.y + bounds.height]
  for (const { x, y, width, depth } of ghosts) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + depth)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

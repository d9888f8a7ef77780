import { type ReadonlySignal, useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { depthOf, type Level, levelsAt } from '../core/levels.ts'
import { centre } from '../core/plan.ts'
import { fitView, type Margins, type Point, type Size, toMetres, type View } from '../core/view.ts'
import { useStore } from '../live/store.ts'
import type { PlanWindow } from './use-window.ts'

const overview = { width: 168, height: 112 }
const border = { top: 4, right: 4, bottom: 4, left: 4 }
/** The plan must be so much larger than its window before the way back needs a map of its own. */
const worthIt = 1.2

interface Props {
  readonly view: ReadonlySignal<View | null>
  readonly fitted: ReadonlySignal<View | null>
  readonly window: PlanWindow
  readonly marginsFor: (size: Size) => Margins
  /** Shows the whole rectangle of a level. */
  readonly onLevel: (level: Level) => void
  /** Brings a place into the middle. */
  readonly onPlace: (metres: Point) => void
}

/** Where on the plan is this? The way from the site to the rack in sight, and the whole plan small. */
export function PlanPlace({ view, fitted, window, marginsFor, onLevel, onPlace }: Props) {
  const store = useStore()
  const words = store.words.value
  const isInside = useComputed(
    () => (view.value?.pixelsPerMetre ?? 0) > (fitted.value?.pixelsPerMetre ?? Number.POSITIVE_INFINITY) * worthIt,
  )
  if (!isInside.value) return null
  return (
    <>
      <Way view={view} window={window} marginsFor={marginsFor} onLevel={onLevel} name={words.planWay} />
      <Overview view={view} window={window} onPlace={onPlace} />
    </>
  )
}

function Way({
  view,
  window,
  marginsFor,
  onLevel,
  name,
}: Pick<Props, 'view' | 'window' | 'marginsFor' | 'onLevel'> & { readonly name: string }) {
  const store = useStore()
  // Text, so that a picture which moves within one rack changes nothing here.
  const said = useComputed(() => {
    const [at, plan, map, size] = [view.value, store.plan.value, store.board.peek()?.map, window.size.value]
    if (at === null || plan === null || map === undefined) return '[]'
    const levels = levelsAt(map, plan, toMetres(at, centre({ x: 0, y: 0, ...size })))
    return JSON.stringify(levels.slice(0, depthOf(levels, at, size, marginsFor(size))))
  })
  const levels = JSON.parse(said.value) as readonly Level[]
  return (
    <nav class="plan-way" aria-label={name}>
      <ol>
        {levels.map((level, depth) => (
          <li key={`${depth} ${level.name}`}>
            <button
              type="button"
              aria-current={depth === levels.length - 1 ? 'location' : undefined}
              onClick={() => onLevel(level)}
            >
              {level.name}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** For the pointer; whoever has none goes by the way, the arrows and the zoom. */
function Overview({ view, window, onPlace }: Pick<Props, 'view' | 'window' | 'onPlace'>) {
  const store = useStore()
  const canvas = useRef<HTMLCanvasElement>(null)
  const small = useComputed(() =>
    store.plan.value === null ? null : fitView(store.plan.value.bounds, overview, border),
  )
  useEffect(() => {
    const pen = canvas.current?.getContext('2d') ?? null
    const draw = () => {
      const [on, at, fit, palette, map] = [
        canvas.current,
        view.value,
        small.value,
        window.palette.value,
        store.board.peek()?.map,
      ]
      const { width, height } = window.size.value
      if (on === null || pen === null || at === null || fit === null || palette === null || map === undefined) return
      const ratio = window.ratio.value
      const [wide, high] = [Math.round(overview.width * ratio), Math.round(overview.height * ratio)]
      if (on.width !== wide) on.width = wide
      if (on.height !== high) on.height = high
      pen.setTransform(ratio, 0, 0, ratio, 0, 0)
      pen.clearRect(0, 0, overview.width, overview.height)
      pen.fillStyle = palette.empty
      pen.strokeStyle = palette.zone
      pen.lineWidth = 1
      for (const zone of map.zones) {
        const [x, y] = [zone.x * fit.pixelsPerMetre + fit.x, zone.y * fit.pixelsPerMetre + fit.y]
        pen.fillRect(x, y, zone.width * fit.pixelsPerMetre, zone.depth * fit.pixelsPerMetre)
        pen.strokeRect(x, y, zone.width * fit.pixelsPerMetre, zone.depth * fit.pixelsPerMetre)
      }
      const from = toMetres(at, { x: 0, y: 0 })
      const scale = fit.pixelsPerMetre / at.pixelsPerMetre
      const box = [from.x * fit.pixelsPerMetre + fit.x, from.y * fit.pixelsPerMetre + fit.y] as const
      for (const [line, colour] of [
        [4, palette.background],
        [2, palette.text],
      ] as const) {
        pen.lineWidth = line
        pen.strokeStyle = colour
        pen.strokeRect(...box, Math.max(3, width * scale), Math.max(3, height * scale))
      }
    }
    let asked = 0
    const ask = () => {
      if (asked === 0)
        asked = requestAnimationFrame(() => {
          asked = 0
          draw()
        })
    }
    const stops = [view, small, window.palette, window.size, window.ratio].map((one) => one.subscribe(ask))
    return () => {
      for (const stop of stops) stop()
      cancelAnimationFrame(asked)
    }
  }, [])
  const go = (event: PointerEvent) => {
    const [fit, box] = [small.peek(), canvas.current?.getBoundingClientRect()]
    if (fit === null || box === undefined || event.buttons !== 1) return
    onPlace(toMetres(fit, { x: event.clientX - box.left, y: event.clientY - box.top }))
  }
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus; what it does, way and zoom do for keys
  return <canvas ref={canvas} class="plan-overview" aria-hidden="true" onPointerDown={go} onPointerMove={go} />
}

import { useComputed } from '@preact/signals'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { knownZone } from '../core/format.ts'
import { type WallLayout, type WallSettings, wallLayout, wallScene } from '../core/wall.ts'
import { useStore } from '../live/store.ts'
import { keepAwake } from '../live/wake-lock.ts'
import { Banner } from '../parts/banner.tsx'
import { Pulse } from '../parts/pulse.tsx'
import { WallAlerts } from '../parts/wall-alerts.tsx'
import { WallCounters } from '../parts/wall-counters.tsx'
import { WallSound } from '../parts/wall-sound.tsx'
import { WallPlan } from '../plan/wall-plan.tsx'

/** Letters on the plan are this much of those beside it. */
const planLetterEm = 0.8
const planLetterPx = 13
const shiftEveryMs = 60_000

/** A screen on the wall: nothing to touch, read from metres away, for months. */
export function WallPage({ settings }: { readonly settings: WallSettings }) {
  const store = useStore()
  const window = useWindowSize()
  const { language } = store.preferences.value
  const layout = wallLayout(window, settings, language)
  useEffect(keepAwake, [])
  useReload()

  const board = store.board.value
  const zones = board?.map.zones ?? []
  const scene = wallScene(
    settings.zones,
    zones.map(({ id }) => id),
    store.alerts.value,
    store.now.value,
    settings.rotateMs,
  )
  // Moves by a pixel or two now and then: what stands still for months burns in.
  const minute = Math.floor(store.now.value / shiftEveryMs)
  const shift = { x: (minute % 5) - 2, y: (Math.floor(minute / 5) % 3) - 1 }
  const style = { fontSize: `${layout.fontPx}px`, transform: `translate(${shift.x}px, ${shift.y}px)` }
  const planScale = Math.max(1, Math.min((layout.fontPx * planLetterEm) / planLetterPx, window.width / 500))
  return (
    <main class="wall" style={style}>
      <WallTop zone={zones.find(({ id }) => id === scene.zone)?.name ?? null} turn={scene.turn} turns={scene.turns} />
      <div class="wall-banners" role="status">
        <Banner />
        <TooSmall layout={layout} settings={settings} />
      </div>
      <div class="wall-plan">{board !== null && <WallPlan zone={scene.zone} scale={planScale} />}</div>
      <WallAlerts most={layout.alerts} fontPx={layout.fontPx} />
      <WallCounters />
      {settings.hasSound && <WallSound />}
      <div class="unseen" aria-live="assertive">
        {store.assertive.value}
      </div>
    </main>
  )
}

function WallTop({
  zone,
  turn,
  turns,
}: {
  readonly zone: string | null
  readonly turn: number
  readonly turns: number
}) {
  const store = useStore()
  const map = useComputed(() => store.board.value?.map).value
  return (
    <header class="wall-top">
      <h1>
        {map?.name ?? 'Warepulse'}
        {zone !== null && <span class="wall-zone"> · {zone}</span>}
      </h1>
      {turns > 1 && (
        <span class="wall-turns" aria-hidden="true">
          {Array.from({ length: turns }, (_, n) => (
            <i key={n} class={n === turn ? 'on' : ''} />
          ))}
        </span>
      )}
      <Pulse />
      {map !== undefined && (
        <time title={store.words.value.siteTime(knownZone(map.timeZone))}>
          {store.format.value.clock(store.now.value).slice(0, 5)}
        </time>
      )}
    </header>
  )
}

/** Letters that nobody can read are no information: said once, instead of shown small. */
function TooSmall({ layout, settings }: { readonly layout: WallLayout; readonly settings: WallSettings }) {
  const store = useStore()
  if (!layout.isTooSmall || settings.diagonalInches === null || settings.distanceMetres === null) return null
  const { number } = store.format.value
  return (
    <div class="banner">
      {store.words.value.wallTooSmall(number(settings.diagonalInches), number(settings.distanceMetres))}
    </div>
  )
}

/** Takes up a new version by itself, but never while somebody must be told something. */
function useReload(): void {
  const store = useStore()
  const isUrgent = store.alerts.value.some(({ severity, state }) => severity === 1 && state === 'active')
  const shall = store.isOutdated.value && !isUrgent
  useEffect(() => {
    if (shall) location.reload()
  }, [shall])
}

function useWindowSize(): { readonly width: number; readonly height: number } {
  const [size, set] = useState({ width: innerWidth, height: innerHeight })
  // From the first drawing on: a size that changed before would stay unknown, for months.
  useLayoutEffect(() => {
    const measure = () => set({ width: innerWidth, height: innerHeight })
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  return size
}

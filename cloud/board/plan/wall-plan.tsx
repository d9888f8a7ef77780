import { useComputed, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Layer } from '../core/slot-codes.ts'
import { fitView } from '../core/view.ts'
import { useStore } from '../live/store.ts'
import { usePicture } from './use-picture.ts'
import { usePlanWindow } from './use-window.ts'

const nothingSelected = -1
const nameHeight = 22

/** The plan as a hall sees it: one zone or all of it, nothing to touch, and words only for what is wrong. */
export function WallPlan({ zone, scale }: { readonly zone: string | null; readonly scale: number }) {
  const store = useStore()
  const frame = useRef<HTMLDivElement>(null)
  const ground = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const shown = useSignal(zone)
  shown.value = zone
  const selected = useSignal(nothingSelected)
  const window = usePlanWindow(frame, scale)
  const view = useComputed(() => {
    const plan = store.plan.value
    const { size } = window
    if (plan === null || size.value.width === 0) return null
    const chosen = store.board.value?.map.zones.find(({ id }) => id === shown.value)
    const bounds = chosen === undefined ? plan.bounds : { ...chosen, height: chosen.depth }
    // Above and below, names may stand outside of their zones.
    return fitView(bounds, size.value, { top: nameHeight, right: 8, bottom: nameHeight, left: 8 })
  })
  const found = useSignal<readonly number[]>([])
  const layer = useSignal<Layer>('occupancy')
  const look = { view, selected, found, layer, scale, isQuiet: true }
  const { sentence, groundKey } = usePicture(ground, over, window, look)
  const isLost = store.liveness.value.state === 'lost'
  return (
    <div class={isLost ? 'plan not-live' : 'plan'}>
      <div ref={frame} class="plan-frame still">
        <canvas key={groundKey} ref={ground} />
        <canvas ref={over} role="img" aria-label={sentence.value} />
        {isLost && <div class="plan-hatch" />}
      </div>
    </div>
  )
}

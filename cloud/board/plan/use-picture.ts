import { effect, type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { planSentence } from '../core/say.ts'
import type { View } from '../core/view.ts'
import { useStore } from '../live/store.ts'
import { drawPlan } from './draw-plan.ts'
import type { OnScreen, Scene } from './scene.ts'
import type { PlanWindow } from './use-window.ts'

const sentenceEveryMs = 10_000

export interface Picture {
  /** What the legend has to explain. */
  readonly onScreen: ReadonlySignal<OnScreen | null>
  /** The picture in words; changes at most every ten seconds. */
  readonly sentence: ReadonlySignal<string>
}

export interface Look {
  readonly view: ReadonlySignal<View | null>
  /** Index of the selected slot; -1 = none. */
  readonly selected: ReadonlySignal<number>
  readonly scale: number
  readonly isQuiet: boolean
}

/** Paints the plan when something in it changed, at most once a frame. */
export function usePicture(canvas: RefObject<HTMLCanvasElement | null>, window: PlanWindow, look: Look): Picture {
  const store = useStore()
  const blink = useSignal(false)
  const sentence = useSignal('')
  const onScreen = useSignal<OnScreen | null>(null)

  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)')
    const blinking = setInterval(() => {
      const asks = store.alerts.peek().some((alert) => alert.state === 'active')
      blink.value = asks && (still.matches || !blink.peek())
    }, 500)
    const sayNow = () => {
      const board = store.board.peek()
      if (board !== null)
        sentence.value = planSentence(board, store.liveness.peek(), store.words.peek(), store.format.peek())
    }
    const saying = setInterval(sayNow, sentenceEveryMs)
    const stop = effect(() => {
      void store.words.value
      if (store.plan.value !== null) sayNow()
    })
    return () => {
      clearInterval(blinking)
      clearInterval(saying)
      stop()
    }
  }, [])

  // Every signal read here makes the picture dirty; a frame draws the newest of all.
  useEffect(() => {
    let asked = 0
    let drawn: CanvasRenderingContext2D | null = null
    const draw = () => {
      asked = 0
      const element = canvas.current
      const scene = sceneNow()
      if (element === null || scene === null) return
      const width = Math.round(scene.size.width * scene.ratio)
      const height = Math.round(scene.size.height * scene.ratio)
      if (width === 0 || height === 0) return
      if (element.width !== width || element.height !== height) {
        element.width = width
        element.height = height
      }
      drawn ??= element.getContext('2d')
      if (drawn === null) return
      const seen = drawPlan(drawn, scene)
      if (JSON.stringify(seen) !== JSON.stringify(onScreen.peek())) onScreen.value = seen
    }
    const sceneNow = (): Scene | null => {
      const board = store.board.peek()
      const plan = store.plan.peek()
      const trust = store.trust.peek()
      const palette = window.palette.peek()
      const view = look.view.peek()
      if (board === null || plan === null || trust === null || palette === null || view === null) return null
      return {
        board,
        plan,
        trust,
        alerts: store.alerts.peek(),
        view,
        size: window.size.peek(),
        ratio: window.ratio.peek(),
        scale: look.scale,
        isQuiet: look.isQuiet,
        palette,
        words: store.words.peek(),
        format: store.format.peek(),
        now: store.now.peek(),
        selected: look.selected.peek(),
        blink: blink.peek(),
      }
    }
    const stop = effect(() => {
      for (const one of [
        store.board,
        store.trust,
        store.alerts,
        store.words,
        store.format,
        look.view,
        look.selected,
        window.size,
        window.ratio,
        window.palette,
        blink,
      ])
        void one.value
      if (asked === 0) asked = requestAnimationFrame(draw)
    })
    return () => {
      stop()
      cancelAnimationFrame(asked)
    }
  }, [look.scale])
  return { onScreen, sentence }
}

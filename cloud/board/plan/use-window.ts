import { effect, type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Size } from '../core/view.ts'
import { useStore } from '../live/store.ts'
import { type Palette, readPalette } from './palette.ts'

/** What the plan is painted on: its size in picture pixels, device pixels for each, and the colours of the theme. */
export interface PlanWindow {
  readonly size: ReadonlySignal<Size>
  readonly ratio: ReadonlySignal<number>
  readonly palette: ReadonlySignal<Palette | null>
}

/** `scale`: CSS pixels to a picture pixel, so that letters and marks can be read from afar. */
export function usePlanWindow(frame: RefObject<HTMLElement | null>, scale = 1): PlanWindow {
  const store = useStore()
  const size = useSignal<Size>({ width: 0, height: 0 })
  const ratio = useSignal(1)
  const palette = useSignal<Palette | null>(null)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const measure = () => {
      size.value = { width: element.clientWidth / scale, height: element.clientHeight / scale }
      ratio.value = devicePixelRatio * scale
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const repaint = () => {
      palette.value = readPalette(element)
    }
    dark.addEventListener('change', repaint)
    const stop = effect(() => {
      void store.preferences.value.theme
      // After the attribute on the root has changed too.
      queueMicrotask(repaint)
    })
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', repaint)
      stop()
    }
  }, [scale])
  return { size, ratio, palette }
}

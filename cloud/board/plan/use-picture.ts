import { computed, effect, type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { planSentence } from '../core/say.ts'
import {
  type InSight,
  inSight,
  type Layer,
  layerValue,
  nearestThermometers,
  type SlotCodes,
  slotCodes,
} from '../core/slot-codes.ts'
import { toMetres, type View } from '../core/view.ts'
import { useStore } from '../live/store.ts'
import { drawPlan } from './draw-plan.ts'
import { type Ground, inkFor, openGround } from './ground.ts'
import type { OnScreen, Scene } from './scene.ts'
import type { PlanWindow } from './use-window.ts'

const sentenceEveryMs = 10_000
/** Ages on the plan grow no faster than somebody reads them. */
const ageEveryMs = 10_000

/** While the plan is moved its words are moved with it, and written anew no more often. */
const wordsEveryMs = 150
/** A legend changes no faster than somebody reads it. */
const legendEveryMs = 300

/** A card that lets go again and again is not asked any more. */
const mostLosses = 3

export interface Picture {
  /** What the legend has to explain. */
  readonly onScreen: ReadonlySignal<(OnScreen & InSight) | null>
  /** The picture in words; changes at most every ten seconds. */
  readonly sentence: ReadonlySignal<string>
  /** Changes when the ground must be painted on another canvas, because the graphics card let go of this one. */
  readonly groundKey: number
}

export interface Look {
  readonly view: ReadonlySignal<View | null>
  /** Index of the selected slot; -1 = none. */
  readonly selected: ReadonlySignal<number>
  /** Indexes of slots that hold what is looked for. */
  readonly found: ReadonlySignal<readonly number[]>
  readonly layer: ReadonlySignal<Layer>
  readonly scale: number
  readonly isQuiet: boolean
}

/**
 * Paints the plan when something in it changed, at most once a frame: zones and slots on one canvas, words and marks on
 * another over it, so that two thousand changes of slots a second leave the words alone.
 */
export function usePicture(
  ground: RefObject<HTMLCanvasElement | null>,
  words: RefObject<HTMLCanvasElement | null>,
  window: PlanWindow,
  look: Look,
): Picture {
  const store = useStore()
  const blink = useSignal(false)
  const sentence = useSignal('')
  const onScreen = useSignal<(OnScreen & InSight) | null>(null)
  const [groundKey, setGroundKey] = useState(0)

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

  useEffect(() => {
    const ages = computed(() => Math.floor(store.now.value / ageEveryMs))
    const sensors = computed(() => store.board.value?.sensors)
    const ink = computed(() => {
      const [palette, plan, view] = [window.palette.value, store.plan.value, look.view.value]
      return palette === null || plan === null || view === null
        ? null
        : inkFor(palette, plan, view, window.ratio.value, look.scale)
    })
    const silentZones = computed(
      () =>
        new Set(
          [...(store.trust.value?.zones ?? [])].flatMap(([zone, trust]) => (trust === 'gateway-lost' ? zone : [])),
        ),
    )
    const thermometers = computed(() => {
      const board = store.board.peek()
      const isAsked = look.layer.value === 'temperature' && store.plan.value !== null
      return isAsked && board !== null ? nearestThermometers(board.map, board.sensors) : null
    })
    let codes: SlotCodes = new Uint8Array()
    let painter: Ground | null = null
    let pen: CanvasRenderingContext2D | null = null
    let seen: OnScreen | null = null
    /** What the codes were made of. */
    let codesFrom: readonly unknown[] = []
    let writtenFor: View | null = null
    let writtenAt = Number.NEGATIVE_INFINITY
    let toldAt = Number.NEGATIVE_INFINITY

    const paintGround = () => {
      const canvas = ground.current
      const [board, plan, trust, view, colours] = [
        store.board.peek(),
        store.plan.peek(),
        store.trust.peek(),
        look.view.peek(),
        ink.peek(),
      ]
      if (canvas === null || board === null || plan === null || trust === null || view === null || colours === null)
        return
      if (!isSized(canvas, window)) return
      const renderer = groundKey < mostLosses ? store.renderer : 'canvas'
      painter ??= openGround(canvas, renderer, () => setGroundKey((key) => key + 1))
      const from = [board, trust, look.layer.peek(), thermometers.peek(), ages.peek(), sensors.peek()]
      if (!from.every((one, at) => one === codesFrom[at]) || codes.length !== board.slotState.length) {
        codes = slotCodes(board, trust, look.layer.peek(), thermometers.peek(), store.now.peek(), codes)
        codesFrom = from
      }
      painter?.paint({
        plan,
        zones: board.map.zones,
        silentZones: silentZones.peek(),
        codes,
        view,
        ratio: window.ratio.peek(),
        ink: colours,
      })
      store.painted(painter?.kind ?? null)
    }
    const paintWords = () => {
      const canvas = words.current
      const scene = sceneNow()
      if (canvas === null || scene === null || !isSized(canvas, window)) return
      pen ??= canvas.getContext('2d')
      if (pen === null) return
      seen = drawPlan(pen, scene)
      writtenFor = scene.view
      writtenAt = performance.now()
      canvas.style.transform = ''
    }
    /** Puts the words that are there where they belong now. False: they have to be written anew. */
    const moveWords = (): boolean => {
      const [canvas, view] = [words.current, look.view.peek()]
      const age = performance.now() - writtenAt
      if (canvas === null || view === null || writtenFor === null || view === writtenFor || age >= wordsEveryMs)
        return false
      const factor = view.pixelsPerMetre / writtenFor.pixelsPerMetre
      const [x, y] = [view.x - factor * writtenFor.x, view.y - factor * writtenFor.y]
      canvas.style.transform = `matrix(${factor}, 0, 0, ${factor}, ${x * look.scale}, ${y * look.scale})`
      askIn(wordsEveryMs - age)
      return true
    }
    const tellSeen = () => {
      const [plan, view] = [store.plan.peek(), look.view.peek()]
      if (seen === null || plan === null || view === null || codes.length * 4 !== plan.slotRects.length) return
      const age = performance.now() - toldAt
      if (age < legendEveryMs) return askIn(legendEveryMs - age)
      toldAt = performance.now()
      const { x, y } = toMetres(view, { x: 0, y: 0 })
      const { width, height } = window.size.peek()
      const metres = { x, y, width: width / view.pixelsPerMetre, height: height / view.pixelsPerMetre }
      const next = { ...seen, ...inSight(codes, plan.slotRects, metres) }
      if (JSON.stringify(next) !== JSON.stringify(onScreen.peek())) onScreen.value = next
    }
    const sceneNow = (): Scene | null => {
      const [board, plan, trust] = [store.board.peek(), store.plan.peek(), store.trust.peek()]
      const [palette, view, layer, format] = [
        window.palette.peek(),
        look.view.peek(),
        look.layer.peek(),
        store.format.peek(),
      ]
      if (board === null || plan === null || trust === null || palette === null || view === null) return null
      const now = store.now.peek()
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
        format,
        now,
        selected: look.selected.peek(),
        found: look.found.peek(),
        blink: blink.peek(),
        layerText(slot) {
          const value = layerValue(board, layer, thermometers.peek(), now, slot)
          if (value === null || layer === 'occupancy') return null
          if (layer === 'age') return format.age(value)
          return layer === 'items' ? format.number(value) : format.quantity('temperature', value)
        },
      }
    }

    // Every signal read in an effect makes its canvas dirty; a frame draws the newest of all.
    let asked = 0
    let dirtyGround = false
    let dirtyWords = false
    let later: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      asked = 0
      if (dirtyWords && !moveWords()) {
        dirtyWords = false
        paintWords()
      }
      if (dirtyGround) paintGround()
      dirtyGround = false
      tellSeen()
    }
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(draw)
    }
    /** For what is not worth a frame of its own: the last of it is drawn at the latest then. */
    const askIn = (ms: number): void => {
      later ??= setTimeout(() => {
        later = undefined
        ask()
      }, ms)
    }
    const stopGround = effect(() => {
      for (const one of [store.board, store.trust, look.view, look.layer, window.size, window.ratio, ink])
        void one.value
      if (look.layer.value === 'age') void ages.value
      if (look.layer.value === 'temperature') void sensors.value
      dirtyGround = true
      ask()
    })
    const stopWords = effect(() => {
      for (const one of [
        store.plan,
        store.trust,
        store.alerts,
        store.words,
        store.format,
        look.view,
        look.selected,
        look.found,
        look.layer,
        window.size,
        window.ratio,
        window.palette,
        sensors,
        ages,
        blink,
      ])
        void one.value
      dirtyWords = true
      ask()
    })
    return () => {
      stopGround()
      stopWords()
      cancelAnimationFrame(asked)
      clearTimeout(later)
      painter?.close()
    }
  }, [look.scale, groundKey])
  return { onScreen, sentence, groundKey }
}

/** False: there is nothing to paint on. */
function isSized(canvas: HTMLCanvasElement, { size, ratio }: PlanWindow): boolean {
  const width = Math.round(size.peek().width * ratio.peek())
  const height = Math.round(size.peek().height * ratio.peek())
  if (width === 0 || height === 0) return false
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  return true
}

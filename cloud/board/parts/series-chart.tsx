import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { SeriesPoint } from '../../../shared/api.ts'
import type { Format } from '../core/format.ts'
import { seriesColumns } from '../core/series-columns.ts'
import { useStore } from '../live/store.ts'
import { readPalette } from '../plan/palette.ts'

interface Properties {
  readonly points: readonly SeriesPoint[]
  readonly from: number
  readonly to: number
  /** Longer silence than this is a gap in the line. */
  readonly gapMs: number
  readonly limits: { readonly low?: number | undefined; readonly high?: number | undefined }
  readonly format: Format
  readonly quantity: string
  readonly label: string
}

const height = 200

/** The envelope of low and high with the mean in it, the permitted range as a band, silence as a gap. */
export function SeriesChart(properties: Properties) {
  const store = useStore()
  const box = useRef<HTMLDivElement>(null)
  const { theme, language, temperature } = store.preferences.value
  useEffect(() => {
    const element = box.current
    if (element === null) return
    let chart: uPlot | null = null
    const draw = () => {
      chart?.destroy()
      chart = new uPlot(optionsFor(element, properties), columnsOf(properties), element)
    }
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    const observer = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height }))
    draw()
    observer.observe(element)
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', draw)
      chart?.destroy()
    }
  }, [properties.points, properties.from, theme, language, temperature])
  return <div ref={box} class="chart" role="img" aria-label={properties.label} />
}

/** In the unit of the reader, so that the marks of the axis are round in it. */
function columnsOf({ points, gapMs, format, quantity }: Properties): uPlot.AlignedData {
  const [at, ...values] = seriesColumns(points, gapMs)
  return [at, ...values.map((column) => column.map((one) => (one === null ? null : format.inUnit(quantity, one))))]
}

function optionsFor(
  element: HTMLElement,
  { from, to, limits: permitted, format, quantity }: Properties,
): uPlot.Options {
  const inUnit = (value: number | undefined) => (value === undefined ? undefined : format.inUnit(quantity, value))
  const limits = { low: inUnit(permitted.low), high: inUnit(permitted.high) }
  const palette = readPalette(element)
  const font = `12px ${palette.font}`
  const axis = {
    stroke: palette.secondary,
    font,
    ticks: { stroke: palette.zone, width: 1 },
    grid: { stroke: palette.zone, width: 0.5 },
  }
  return {
    width: element.clientWidth,
    height,
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { range: () => [from / 1000, to / 1000] },
      y: {
        range: (_chart, low, high) => {
          // The limits are always in the picture: a value is near or far only beside them.
          const least = Math.min(low ?? 0, limits.low ?? Number.POSITIVE_INFINITY)
          const most = Math.max(high ?? 1, limits.high ?? Number.NEGATIVE_INFINITY)
          const room = Math.max((most - least) * 0.12, 0.5)
          return [least - room, most + room]
        },
      },
    },
    axes: [
      {
        ...axis,
        values: (_chart, marks) => marks.map((second) => format.time(second * 1000, to)),
        space: 70,
        size: 30,
      },
      {
        ...axis,
        values: (_chart, marks) => marks.map((mark) => format.number(mark, marks.every(Number.isInteger) ? 0 : 1)),
        size: 46,
        space: 36,
      },
    ],
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      {
        stroke: palette.text,
        width: 1.75,
        points: { show: false },
      },
    ],
    bands: [{ series: [2, 1], fill: withAlpha(palette.text, 0.2) }],
    hooks: { drawClear: [(chart) => drawLimits(chart, limits, palette.outline, withAlpha(palette.text, 0.06))] },
  }
}

/** Permitted range lighter, its edges dashed. */
function drawLimits(chart: uPlot, limits: Properties['limits'], edge: string, fill: string): void {
  const { ctx, bbox } = chart
  const place = (value: number) =>
    Math.min(bbox.top + bbox.height, Math.max(bbox.top, chart.valToPos(value, 'y', true)))
  const top = limits.high === undefined ? bbox.top : place(limits.high)
  const bottom = limits.low === undefined ? bbox.top + bbox.height : place(limits.low)
  if (limits.high === undefined && limits.low === undefined) return
  ctx.save()
  ctx.fillStyle = fill
  ctx.fillRect(bbox.left, top, bbox.width, bottom - top)
  ctx.strokeStyle = edge
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  for (const y of [...(limits.high === undefined ? [] : [top]), ...(limits.low === undefined ? [] : [bottom])]) {
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
  }
  ctx.stroke()
  ctx.restore()
}

function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`
}

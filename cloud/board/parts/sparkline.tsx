import type { Bars } from '../core/trend.ts'

/** Bars without an axis: has it been like this all along? What nobody counted stays open. */
export function Sparkline({ bars, label }: { readonly bars: Bars; readonly label: string }) {
  const width = bars.values.length
  const most = Math.max(1, bars.most)
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} 10`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="sparkline-ground" d={`M0 9.9H${width}`} />
      {bars.values.map((value, at) =>
        value === null || value === 0 ? null : (
          <rect key={at} x={at + 0.1} width={0.8} y={10 - (9.6 * value) / most} height={(9.6 * value) / most} />
        ),
      )}
    </svg>
  )
}

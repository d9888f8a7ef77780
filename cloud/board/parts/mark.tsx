import type { Alert } from '../../../shared/api.ts'
import { severityName } from '../core/words/words.ts'
import { useStore } from '../live/store.ts'
import { markDigitY, markPath, markStrikePath, markTickPath } from '../plan/mark-shape.ts'

/** Severity by shape and digit first, by colour second; the border tells whether somebody has it, hollow and struck out that it is kept quiet. */
export function Mark({
  severity,
  state,
  isSilent = false,
  size = 26,
}: {
  readonly severity: number
  readonly state: Alert['state']
  readonly isSilent?: boolean
  readonly size?: number | string
}) {
  const words = useStore().words.value
  const isOver = state === 'cleared' || state === 'normal'
  return (
    <svg
      class={`mark p${severity} ${state}${isSilent ? ' silent' : ''}`}
      width={size}
      height={size}
      viewBox="-2 -2 28 28"
      role="img"
      aria-label={severityName(words, severity)}
    >
      <path class="mark-halo" d={markPath(severity)} />
      <path class="mark-shape" d={markPath(severity)} />
      {isOver ? (
        <path class="mark-tick" d={markTickPath} />
      ) : (
        <text x="12" y={markDigitY[severity - 1] ?? 12} dy="0.36em">
          {severity}
        </text>
      )}
      {isSilent && <path class="mark-strike" d={markStrikePath} />}
    </svg>
  )
}

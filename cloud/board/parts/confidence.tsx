import { useStore } from '../live/store.ts'

/** A bar and the number: how sure the warehouse is of this row. */
export function Confidence({ share }: { readonly share: number }) {
  const { format } = useStore()
  return (
    <span class="confidence">
      <svg width="48" height="8" viewBox="0 0 48 8" aria-hidden="true">
        <rect class="track" x="0.5" y="0.5" width="47" height="7" rx="2" />
        <rect class="fill" x="1" y="1" width={46 * Math.min(1, Math.max(0, share))} height="6" rx="1.5" />
      </svg>
      {format.value.percent(share)}
    </span>
  )
}

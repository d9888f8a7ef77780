import type { Alert } from '../../../shared/api.ts'
import { useStore } from '../live/store.ts'

/** Who has it, or that nobody has. */
export function Owner({ alert }: { readonly alert: Alert }) {
  const store = useStore()
  const words = store.words.value
  if (alert.state === 'active') return <b>{words.alertNobody}</b>
  if (alert.state === 'cleared') return <span>{words.alertCleared}</span>
  if (alert.state === 'normal') return <span>{words.alertNormal}</span>
  if (alert.acknowledgedBy === null || alert.acknowledgedAt === null) return <span>{words.alertAcknowledged}</span>
  const age = store.format.value.age(store.now.value - Date.parse(alert.acknowledgedAt))
  return <span>{words.alertAcknowledgedBy(alert.acknowledgedBy, age)}</span>
}

import type { Alert } from '../../../shared/api.ts'
import { useStore } from '../live/store.ts'

/** Who has it, or that nobody has. */
export function Owner({ alert }: { readonly alert: Alert }) {
  const store = useStore()
  const words = store.words.value
  if (alert.silence !== null) {
    const what = {
      shelved: words.silencedShelved,
      suppressed: words.silencedSuppressed,
      'out-of-service': words.silencedOutOfService,
    }[alert.silence]
    if (alert.silencedUntil === null) return <span>{what}</span>
    return <span>{words.silencedUntil(what, store.format.value.moment(Date.parse(alert.silencedUntil)))}</span>
  }
  if (alert.state === 'active' && alert.assignedTo !== null) return <span>{words.alertAssigned(alert.assignedTo)}</span>
  if (alert.state === 'active') return <b>{words.alertNobody}</b>
  if (alert.state === 'cleared') return <span>{words.alertCleared}</span>
  if (alert.state === 'normal') return <span>{words.alertNormal}</span>
  if (alert.acknowledgedBy === null || alert.acknowledgedAt === null) return <span>{words.alertAcknowledged}</span>
  const age = store.format.value.age(store.now.value - Date.parse(alert.acknowledgedAt))
  return <span>{words.alertAcknowledgedBy(alert.acknowledgedBy, age)}</span>
}

const dayMs = 86_400_000

/** Days before the end at which people are warned, the last one loudest. */
const warningDays = [30, 7, 1] as const

export type ExpiryStage = (typeof warningDays)[number] | 'expired' | 'fine'

/** How near its end a certificate is: within 30, 7 or 1 days of it, past it, or neither. */
export function expiryStage(expiresAt: number, now: number): ExpiryStage {
  const left = expiresAt - now
  if (left <= 0) return 'expired'
  return warningDays.findLast((days) => left <= days * dayMs) ?? 'fine'
}

/** A sentence for the log and the terminal; undefined while there is nothing to say. */
export function expirySentence(name: string, expiresAt: number, now: number): string | undefined {
  const stage = expiryStage(expiresAt, now)
  if (stage === 'fine') return undefined
  const day = new Date(expiresAt).toISOString()
  if (stage === 'expired')
    return `The certificate ${name} expired at ${day}: gateways and browsers refuse it. Renew it.`
  return `The certificate ${name} expires at ${day}, within ${stage} ${stage === 1 ? 'day' : 'days'}. Renew it; no restart is needed.`
}

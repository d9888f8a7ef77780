import type { Alert } from '../../shared/api.ts'
import { type Channel, Message } from '../../shared/channel.ts'

/** EEMUA 191: more than ten new alarms in ten minutes are more than one person can follow. */
const floodFrom = 10
export const floodWindowMs = 600_000

/** Alerts beyond ten are gathered for so long, and told together. */
export const floodWaitMs = 60_000

/** So many are named in one message, the rest counted. */
const mostNamed = 50

export const FloodMessage = Message.options[1]
type FloodMessage = Extract<Message, { event: 'flood' }>

/** Programs can follow every one; severity 1 is never one of many. */
export function mayGroup({ kind }: Channel, { severity }: Alert): boolean {
  return kind !== 'webhook' && kind !== 'mqtt' && severity > 1
}

/** Is a further alert told together with others, when so many were told one by one in the last ten minutes? */
export function isFlood(recently: number): boolean {
  return recently >= floodFrom
}

export function withAlert(message: FloodMessage, alert: Alert): FloodMessage {
  if (message.alerts.length >= mostNamed) return { ...message, more: message.more + 1 }
  return { ...message, alerts: [...message.alerts, alert] }
}

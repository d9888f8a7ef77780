import type { GatewayEntry } from '../../cloud/journal/journal.ts'
import { fromGateway, measurement, t0 } from './journal-entries.ts'

const minute = 60_000

/** Above 8 °C it rings, from 7 °C on it is over. */
export const warm = {
  ...{ id: 'warm', site: 'rtm', name: 'Too warm', severity: 2, type: 'threshold', quantity: 'temperature' },
  ...{ direction: 'above', limit: 8, clearAt: 7 },
}

/** A value in minutes after `t0`; the sequence number is that of the minute, whenever it comes. */
export const heardAtMinute = (minutes: number, temperature: number, recordedMinutes = minutes): GatewayEntry =>
  fromGateway([measurement(t0 + minutes * minute, { temperature })], {
    first: minutes + 1,
    recordedAt: t0 + recordedMinutes * minute,
    late: recordedMinutes !== minutes,
  })

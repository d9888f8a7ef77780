import { z } from 'zod'
import { Identifier } from '../../shared/identifier.ts'

/** Device ids leave room for `.<antenna>` in the names of read points. */
export const DeviceId = Identifier.max(60)

export const ReadPoints = z
  .record(z.string().regex(/^[1-9]\d{0,2}$/, 'must be an antenna port'), Identifier)
  .optional()
  .describe('read point by antenna port; ports not named are `<device>.<antenna>`')

export const SerialPath = z
  .string()
  .min(1)
  .describe('serial port; /dev/serial/by-id/… stays the same whatever socket it is plugged into')

export const SilentAfterMs = z.int().min(500).max(86_400_000)

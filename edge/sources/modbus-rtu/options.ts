import { z } from 'zod'
import { DeviceId, SerialPath } from '../common-options.ts'
import { modbusModelNames } from './models.ts'

const Slave = z.strictObject({
  address: z.int().min(1).max(247).describe('of the slave on the bus'),
  sensor: DeviceId.describe('id of the sensor'),
  model: z.enum(modbusModelNames).describe('which registers hold what'),
  everyMs: z.int().min(100).max(86_400_000).default(5000).describe('how often it is asked'),
})
export type Slave = z.infer<typeof Slave>

export const ModbusRtuOptions = z.strictObject({
  type: z.literal('modbus-rtu').describe('sensors on an RS-485 bus'),
  id: DeviceId.describe('id of the bus'),
  path: SerialPath,
  baudRate: z.int().min(300).max(4_000_000).default(9600),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  timeoutMs: z.int().min(50).max(10_000).default(500).describe('a slave that has not answered by then is dead'),
  retryDeadAfterMs: z
    .int()
    .min(1000)
    .max(86_400_000)
    .default(60_000)
    .describe('a dead slave is asked again only after this time, so that it hardly delays the others'),
  slaves: z
    .array(Slave)
    .min(1)
    .max(247)
    .refine((slaves) => new Set(slaves.map(({ sensor }) => sensor)).size === slaves.length, {
      message: 'two slaves have the same `sensor`',
    }),
})
export type ModbusRtuOptions = z.infer<typeof ModbusRtuOptions>

import { z } from 'zod'
import { RegisterMap } from '../../decoders/modbus/register-map.ts'
import { DeviceId, SerialPath } from '../common-options.ts'
import { modbusModelNames, modbusModels } from './models.ts'

const Slave = z
  .strictObject({
    address: z.int().min(1).max(247).describe('of the slave on the bus; behind a TCP gateway its unit identifier'),
    sensor: DeviceId.describe('id of the sensor'),
    model: z.enum(modbusModelNames).optional().describe('a device whose registers are known'),
    registers: RegisterMap.optional().describe('which registers hold what, for any other device'),
    everyMs: z.int().min(100).max(86_400_000).default(5000).describe('how often it is asked'),
  })
  .refine(({ model, registers }) => (model === undefined) !== (registers === undefined), {
    path: ['model'],
    message: 'exactly one of `model` and `registers` is needed',
  })
export type Slave = z.infer<typeof Slave>

/** What the slave is asked for. */
export function registersOfSlave({ model, registers = [] }: Slave): RegisterMap {
  return model === undefined ? registers : modbusModels[model]
}

const polled = {
  timeoutMs: z
    .int()
    .min(50)
    .max(10_000)
    .default(500)
    .describe('a slave that has not answered by then is asked once more; silent again, it is dead'),
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
}

export const ModbusRtuOptions = z.strictObject({
  type: z.literal('modbus-rtu').describe('sensors on an RS-485 bus'),
  id: DeviceId.describe('id of the bus'),
  path: SerialPath,
  baudRate: z.int().min(300).max(4_000_000).default(9600),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  ...polled,
})
export type ModbusRtuOptions = z.infer<typeof ModbusRtuOptions>

export const ModbusTcpOptions = z.strictObject({
  type: z.literal('modbus-tcp').describe('sensors behind Modbus TCP: one device, or a gateway to a bus'),
  id: DeviceId.describe('id of the connection'),
  host: z.string().min(1).describe('name or address'),
  port: z.int().min(1).max(65_535).default(502),
  ...polled,
})
export type ModbusTcpOptions = z.infer<typeof ModbusTcpOptions>

export type ModbusOptions = ModbusRtuOptions | ModbusTcpOptions

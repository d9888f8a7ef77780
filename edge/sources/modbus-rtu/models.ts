import type { ProtocolName } from '../../decoders/protocol.ts'

/** What to ask of a slave, and who understands the answer. */
export interface ModbusModel {
  readonly protocol: ProtocolName
  /** Function 04, input registers. */
  readonly firstRegister: number
  readonly registers: number
}

export const modbusModelNames = ['xy-md02'] as const
export type ModbusModelName = (typeof modbusModelNames)[number]

export const modbusModels: Readonly<Record<ModbusModelName, ModbusModel>> = {
  'xy-md02': { protocol: 'xy-md02', firstRegister: 1, registers: 2 },
}

import type { RegisterMap } from '../../decoders/modbus/register-map.ts'

export const modbusModelNames = ['xy-md02'] as const
export type ModbusModelName = (typeof modbusModelNames)[number]

const single = { type: 'int16' as const, wordOrder: 'high-first' as const, offset: 0, unavailable: [] }

/** Register maps of devices that are known. */
export const modbusModels: Readonly<Record<ModbusModelName, RegisterMap>> = {
  // SHT20 on Modbus RTU (XY-MD02 manual, register table). Humidity is read as signed too, so that a broken probe's FFFF
  // shows as implausible and not as 6,553.5 %.
  'xy-md02': [
    { ...single, table: 'input', address: 1, quantity: 'temperature', scale: 0.1 },
    { ...single, table: 'input', address: 2, quantity: 'humidity', scale: 0.1 },
  ],
}

import { type Register, type RegisterMap, registersOf } from './register-map.ts'

/** One request: consecutive registers of one table. */
export interface Read {
  readonly table: Register['table']
  readonly address: number
  readonly count: number
}

/** Modbus application protocol 1.1b3, 6.3: quantity of registers. */
const mostRegisters = 125

/**
 * The fewest requests that bring every register of the map and no other: slaves refuse a read that touches a register
 * they do not have, so gaps are never bridged.
 */
export function planReads(map: RegisterMap): readonly Read[] {
  const sorted = map.toSorted((a, b) => a.table.localeCompare(b.table) || a.address - b.address)
  const reads: Read[] = []
  for (const register of sorted) {
    const end = register.address + registersOf(register)
    const last = reads.at(-1)
    if (last?.table === register.table && register.address <= last.address + last.count) {
      const count = Math.max(last.count, end - last.address)
      if (count <= mostRegisters) {
        reads[reads.length - 1] = { ...last, count }
        continue
      }
    }
    reads.push({ table: register.table, address: register.address, count: registersOf(register) })
  }
  return reads
}

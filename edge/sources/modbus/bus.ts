import modbus from 'modbus-serial'
import type { Read } from '../../decoders/modbus/plan-reads.ts'
import { whyNotOpen } from '../serial/port.ts'
import type { ModbusOptions } from './options.ts'

const connectWithinMs = 5000

/** An open bus. */
export interface Bus {
  /** Register bytes of one slave, or why there are none. Never rejects. */
  read(slave: number, read: Read): Promise<BusAnswer>
  /** Safe to call twice, and on a port that is gone. */
  close(): Promise<void>
}

export type BusAnswer =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `timeout`: the slave is dead. `answer`: it, or noise, said something wrong. */
  | { readonly ok: false; readonly why: 'timeout' | 'answer'; readonly detail: string }

/** The open bus, or why it is not. `broken` is called when the port or connection fails later. */
export async function openBus(options: ModbusOptions, broken: (reason: string) => void): Promise<Bus | string> {
  const client = new modbus.default()
  client.on('error', (error) => broken(sentence(error)))
  const closed = options.type === 'modbus-rtu' ? 'port closed' : 'connection closed'
  client.on('close', () => broken(closed))
  try {
    if (options.type === 'modbus-tcp')
      await client.connectTCP(options.host, { port: options.port, timeout: connectWithinMs })
    else await client.connectRTUBuffered(options.path, { baudRate: options.baudRate, parity: options.parity })
  } catch (error) {
    return options.type === 'modbus-rtu' ? whyNotOpen(options.path, sentence(error)) : sentence(error)
  }
  client.setTimeout(options.timeoutMs)
  return {
    async read(slave, { table, address, count }) {
      client.setID(slave)
      try {
        const { buffer } =
          table === 'input'
            ? await client.readInputRegisters(address, count)
            : await client.readHoldingRegisters(address, count)
        return { ok: true, bytes: Uint8Array.from(buffer) }
      } catch (error) {
        // Of a connection that was reset the library tells nobody: it is found closed at the next question.
        if (!client.isOpen) broken(closed)
        const timeout = error instanceof Object && 'errno' in error && error.errno === 'ETIMEDOUT'
        return { ok: false, why: timeout ? 'timeout' : 'answer', detail: sentence(error) }
      }
    },
    close() {
      return new Promise((resolve) => {
        if (client.isOpen) client.close(() => resolve())
        else resolve()
      })
    },
  }
}

function sentence(error: unknown): string {
  const message = error instanceof Object && 'message' in error ? String(error.message) : ''
  return message === '' ? String(error) : message
}

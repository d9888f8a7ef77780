import type { Random } from '../../shared/clock.ts'
import type { Device } from './device.ts'
import { answer, exception, exceptions, functionCodes, type Request, requestAt } from './modbus-rtu.ts'
import { serialLine } from './serial-line.ts'
import type { AirReading } from './zigbee2mqtt.ts'

/**
 * XY-MD02 temperature and humidity transmitters (SHT20), several on one Modbus RTU line.
 * Input registers: 1 temperature (signed, 0.1 °C), 2 relative humidity (0.1 %). Holding registers: 0101h address
 * 1–247, 0102h baud code 0–2, 0103h and 0104h corrections of temperature and humidity (signed, tenths, ±10.0).
 */
export interface XyMd02Options {
  readonly id: string
  readonly path: string
  readonly random: Random
  readonly addresses: readonly number[]
  /** The air at a slave, now. */
  readonly airAt: (address: number) => Omit<AirReading, 'at'>
  /** A slave answered with values, and the answer went out unharmed. */
  readonly answered: (address: number, values: { temperature?: number; humidity?: number }) => void
}

interface Slave {
  address: number
  baudCode: number
  temperatureCorrection: number
  humidityCorrection: number
}

/** Bytes that make no request are forgotten after this silence; 3.5 characters at 9600 baud, and the host's jitter. */
const silenceMs = 40
const longestRequestBytes = 256

export interface XyMd02Line extends Device {
  /** One slave falls silent, or comes back; the others on the line go on. */
  silence(address: number, isSilent: boolean): void
}

export async function openXyMd02Line(options: XyMd02Options): Promise<XyMd02Line> {
  const slaves = options.addresses.map(
    (address): Slave => ({ address, baudCode: 0, temperatureCorrection: 0, humidityCorrection: 0 }),
  )
  const silent = new Set<number>()
  let pending: Uint8Array = new Uint8Array()
  let silenceTimer: NodeJS.Timeout | undefined

  const line = serialLine({
    path: options.path,
    random: options.random,
    spoil: (frame) => frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 0xff),
    received: (bytes) => {
      pending = Buffer.concat([pending, bytes]).subarray(-longestRequestBytes)
      takeRequests(false)
      clearTimeout(silenceTimer)
      silenceTimer = setTimeout(() => {
        takeRequests(true)
        pending = new Uint8Array()
      }, silenceMs)
    },
  })

  /** Serves every whole request received; after a silence also one that begins behind garbage. */
  function takeRequests(mayResynchronise: boolean): void {
    while (pending.length > 0) {
      const found = requestAt(pending)
      if (found !== undefined) serve(found.request)
      else if (!mayResynchronise) return
      pending = pending.subarray(found?.length ?? 1)
    }
  }

  function serve(request: Request): void {
    if (request.address === 0) {
      for (const slave of slaves) obey(slave, request)
      return
    }
    const slave = slaves.find(({ address }) => address === request.address)
    if (slave === undefined || silent.has(slave.address)) return
    const wasAt = slave.address
    const { frame, values } = obey(slave, request)
    if (line.send(frame) && values !== undefined) options.answered(wasAt, values)
  }

  function obey(slave: Slave, request: Request): Answered {
    const view = new DataView(request.data.buffer, request.data.byteOffset, request.data.byteLength)
    switch (request.functionCode) {
      case functionCodes.readInput: {
        const air = options.airAt(slave.address)
        const temperature = Math.round(air.temperatureCelsius * 10) + slave.temperatureCorrection
        const humidity = Math.round(air.humidityPercentRh * 10) + slave.humidityCorrection
        const read = readRegisters(request, view, { 1: temperature, 2: humidity })
        if (read.registers === undefined) return { frame: read.frame }
        const said = {
          ...(read.registers.includes(1) ? { temperature: temperature / 10 } : {}),
          ...(read.registers.includes(2) ? { humidity: humidity / 10 } : {}),
        }
        return { frame: read.frame, values: said }
      }
      case functionCodes.readHolding: {
        const { address, baudCode, temperatureCorrection, humidityCorrection } = slave
        const { frame } = readRegisters(request, view, {
          257: address,
          258: baudCode,
          259: temperatureCorrection,
          260: humidityCorrection,
        })
        return { frame }
      }
      case functionCodes.writeSingle: {
        const refusal = write(slave, view.getUint16(0), view.getInt16(2))
        return { frame: refusal === undefined ? answer(request, [...request.data]) : exception(request, refusal) }
      }
      default:
        return { frame: exception(request, exceptions.illegalFunction) }
    }
  }

  await line.plug()
  return {
    id: options.id,
    silence(address, isSilent) {
      if (isSilent) silent.add(address)
      else silent.delete(address)
    },
    misbehave: line.misbehave,
    plug: line.plug,
    unplug: line.unplug,
    async close() {
      clearTimeout(silenceTimer)
      await line.unplug()
    },
  }
}

interface Answered {
  readonly frame: Uint8Array
  readonly values?: { temperature?: number; humidity?: number }
}

/** Answer to a read of consecutive registers, or the exception that the standard asks for. */
function readRegisters(
  request: Request,
  view: DataView,
  registers: Readonly<Record<number, number>>,
): { readonly frame: Uint8Array; readonly registers?: readonly number[] } {
  const first = view.getUint16(0)
  const count = view.getUint16(2)
  if (count < 1 || count > 125) return { frame: exception(request, exceptions.illegalValue) }
  const data: number[] = [count * 2]
  const read: number[] = []
  for (let register = first; register < first + count; register += 1) {
    const value = registers[register]
    if (value === undefined) return { frame: exception(request, exceptions.illegalAddress) }
    data.push((value >> 8) & 0xff, value & 0xff)
    read.push(register)
  }
  return { frame: answer(request, data), registers: read }
}

/** Writes one holding register; answers the exception code if it cannot. */
function write(slave: Slave, register: number, value: number): number | undefined {
  const isIn = (low: number, high: number) => value >= low && value <= high
  switch (register) {
    case 0x0101:
      if (!isIn(1, 247)) return exceptions.illegalValue
      slave.address = value
      return undefined
    case 0x0102:
      if (!isIn(0, 2)) return exceptions.illegalValue
      slave.baudCode = value
      return undefined
    case 0x0103:
      if (!isIn(-100, 100)) return exceptions.illegalValue
      slave.temperatureCorrection = value
      return undefined
    case 0x0104:
      if (!isIn(-100, 100)) return exceptions.illegalValue
      slave.humidityCorrection = value
      return undefined
    default:
      return exceptions.illegalAddress
  }
}

import { z } from 'zod'
import type { ConfiguredSource, SourceContext } from './configured.ts'
import { HttpStreamOptions } from './http-stream/options.ts'
import { LlrpOptions } from './llrp/options.ts'
import { ModbusRtuOptions, ModbusTcpOptions } from './modbus/options.ts'
import { MqttOptions } from './mqtt/options.ts'
import { MqttHostOptions } from './mqtt-host/options.ts'
import { ReplayOptions } from './replay/options.ts'
import { SerialOptions } from './serial/options.ts'

/** One entry of `sources` in the gateway's configuration. */
export const SourceOptions = z.discriminatedUnion('type', [
  SerialOptions,
  LlrpOptions,
  MqttOptions,
  MqttHostOptions,
  HttpStreamOptions,
  ModbusRtuOptions,
  ModbusTcpOptions,
  ReplayOptions,
])
export type SourceOptions = z.infer<typeof SourceOptions>

/**
 * The source that these options describe; nothing is opened before its `run`. Its code is loaded now: a small machine
 * pays for the devices that it has.
 */
export async function sourceFrom(options: SourceOptions, context: SourceContext): Promise<ConfiguredSource> {
  switch (options.type) {
    case 'serial':
      return (await import('./serial/open.ts')).openSerial(options, context)
    case 'llrp':
      return (await import('./llrp/open.ts')).openLlrp(options, context)
    case 'mqtt':
      return (await import('./mqtt/open.ts')).openMqtt(options, context)
    case 'mqtt-host':
      return (await import('./mqtt-host/open.ts')).openMqttHost(options, context)
    case 'http-stream':
      return (await import('./http-stream/open.ts')).openHttpStream(options, context)
    case 'modbus-rtu':
    case 'modbus-tcp':
      return (await import('./modbus/open.ts')).openModbus(options, context)
    case 'replay':
      return (await import('./replay/open.ts')).openReplay(options, context)
  }
}

import { z } from 'zod'
import type { ConfiguredSource, SourceContext } from './configured.ts'
import { openHttpStream } from './http-stream/open.ts'
import { HttpStreamOptions } from './http-stream/options.ts'
import { openLlrp } from './llrp/open.ts'
import { LlrpOptions } from './llrp/options.ts'
import { openModbus } from './modbus/open.ts'
import { ModbusRtuOptions, ModbusTcpOptions } from './modbus/options.ts'
import { openMqtt } from './mqtt/open.ts'
import { MqttOptions } from './mqtt/options.ts'
import { openMqttHost } from './mqtt-host/open.ts'
import { MqttHostOptions } from './mqtt-host/options.ts'
import { openReplay } from './replay/open.ts'
import { ReplayOptions } from './replay/options.ts'
import { openSerial } from './serial/open.ts'
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

/** The source that these options describe; nothing is opened before its `run`. */
export function sourceFrom(options: SourceOptions, context: SourceContext): ConfiguredSource {
  switch (options.type) {
    case 'serial':
      return openSerial(options, context)
    case 'llrp':
      return openLlrp(options, context)
    case 'mqtt':
      return openMqtt(options, context)
    case 'mqtt-host':
      return openMqttHost(options, context)
    case 'http-stream':
      return openHttpStream(options, context)
    case 'modbus-rtu':
    case 'modbus-tcp':
      return openModbus(options, context)
    case 'replay':
      return openReplay(options, context)
  }
}

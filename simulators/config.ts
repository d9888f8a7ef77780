import { z } from 'zod'
import { Identifier } from '../shared/identifier.ts'
import { type WarehouseSizeName, warehouseSizes } from './world/size.ts'

const sizeNames = Object.keys(warehouseSizes) as WarehouseSizeName[]

/** Configuration of `warepulse simulate`. */
export const SimulateConfig = z.strictObject({
  site: Identifier.default('harbour-dc').describe('id of the simulated site'),
  name: z.string().min(1).max(128).default('Harbour DC').describe('its name on the board'),
  timeZone: z.string().min(1).default('Europe/Amsterdam').describe('IANA name'),
  seed: z.int().min(0).max(0xffff_ffff).default(42).describe('same seed, same story'),
  size: z.enum(sizeNames).default('demo').describe('small: 48 slots; demo: 2,400 slots; huge: 100,000 slots'),
  readsPerSecond: z.number().min(1).max(100_000).default(50).describe('tag reads a second, in all'),
  broker: z
    .strictObject({
      url: z
        .url({ protocol: /^(?:mqtts?|wss?)$/ })
        .describe('MQTT broker of the site, for readers and sensors, e.g. mqtt://127.0.0.1:1883'),
    })
    .describe('where simulated readers and sensors publish; not the cloud'),
  ptyDirectory: z.string().min(1).describe('directory in which the simulated serial ports appear as tty-<device>'),
  llrpPort: z
    .int()
    .min(1)
    .max(65_000)
    .default(5084)
    .describe('port of the first simulated LLRP reader on this machine; the others follow'),
  truthFile: z.string().min(1).optional().describe('NDJSON file that every read, measurement and move is appended to'),
})
export type SimulateConfig = z.infer<typeof SimulateConfig>

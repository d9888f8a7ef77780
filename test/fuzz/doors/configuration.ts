import { stringify } from 'yaml'
import { readConfiguration } from '../../../bin/configuration/read.ts'
import { CloudConfig } from '../../../cloud/config.ts'
import { EdgeConfig } from '../../../edge/config.ts'
import { SimulateConfig } from '../../../simulators/config.ts'
import { bytesOf, type Door } from './door.ts'

const samples = [
  {
    schema: CloudConfig,
    value: {
      version: 1,
      http: { port: 8080, tls: 'auto' },
      broker: { port: 1883 },
      series: {},
      journal: { keepDays: 30 },
    },
  },
  {
    schema: EdgeConfig,
    value: {
      version: 1,
      gateway: { site: 'north', id: 'a' },
      uplink: { url: 'mqtts://x:8883', secretFile: '/x' },
      spool: { directory: '/x', maxBytes: 5_000_000 },
      sources: [{ type: 'serial', id: 'x', path: '/dev/ttyUSB0', protocol: 'yrm100' }],
    },
  },
  { schema: SimulateConfig, value: { version: 1 } },
]

/** Configuration files: read, or refused with complaints that have a place; never thrown at. */
export const configurationDoor: Door = {
  name: 'configuration files',
  async attack(_house, chance, { taken, broke, damage }, signal) {
    while (!signal.aborted) {
      const { schema, value } = chance.pick(samples)
      const text = chance.pick([true, false])
        ? stringify(chance.bend(value))
        : new TextDecoder().decode(chance.bytes([bytesOf(stringify(value))]))
      taken()
      try {
        const read = readConfiguration(schema, 'x.yaml', text, {
          environment: {},
          readFile: () => {
            throw new Error('not there')
          },
        })
        if (!read.ok && (read.complaints.length === 0 || read.complaints.some((one) => one.trim() === '')))
          broke(`no reason for ${text}`)
      } catch (thrown) {
        broke(`${String(thrown)} on ${text}`)
      }
      // The other doors are attacked from this thread, too.
      if (damage().inputs % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  },
}

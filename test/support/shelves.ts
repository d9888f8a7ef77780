import mqtt from 'mqtt'
import type { SiteMap } from '../../shared/site-map.ts'
import { freePort } from './ports.ts'
import { startWarepulse } from './processes.ts'
import { startSiteBroker } from './site-broker.ts'
import { gateMap, type Street } from './street.ts'

/** Slots S-1 and S-2, a reader shelf-1 and shelf-2 on each, and a gateway gw-1 that hears them by the site's broker. */
export interface Shelves {
  /** One read at −48 dBm by the antenna of that reader. */
  read(shelf: string, epc: string): Promise<void>
  /** The gateway is gone, without a word. */
  killGateway(): Promise<void>
  close(): Promise<void>
}

/** Publishes their map, and starts the broker and the gateway. */
export async function openShelves(street: Street, site: string): Promise<Shelves> {
  await street.send('PUT', `/sites/${site}/map`, shelfMap(site))
  const broker = await startSiteBroker(street.directory, await freePort())
  const source = {
    type: 'mqtt',
    id: 'readers',
    url: broker.url,
    clientId: 'gw-1',
    subscriptions: [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }],
  }
  const edge = startWarepulse(['edge', '--config', await street.addGateway('gw-1', [source])])
  const reader = await mqtt.connectAsync(broker.url)
  return {
    async read(shelf, epcHex) {
      const event = {
        timestamp: new Date().toISOString(),
        eventType: 'tagInventory',
        tagInventoryEvent: { epcHex, antennaPort: 1, peakRssiCdbm: -4800 },
      }
      await reader.publishAsync(`impinj/${shelf}/tags`, JSON.stringify(event), { qos: 1 })
    },
    async killGateway() {
      await edge.kill()
    },
    async close() {
      await reader.endAsync()
      await edge.kill()
      await broker.stop()
    },
  }
}

function shelfMap(site: string): SiteMap {
  const slots = [1, 2].map((number) => ({
    id: `S-${number}`,
    zone: 'dock',
    x: number * 4,
    y: 4,
    width: 3,
    depth: 2,
    level: 0,
  }))
  return {
    ...gateMap(site, 'gw-1', 'unused'),
    slots,
    readPoints: slots.map(({ id, x, y }, index) => ({
      id: `shelf-${index + 1}.1`,
      gateway: 'gw-1',
      device: `shelf-${index + 1}`,
      kind: 'slot' as const,
      zone: 'dock',
      slots: [id],
      x,
      y,
    })),
  }
}

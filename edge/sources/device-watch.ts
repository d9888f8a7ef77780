import type { LinkReport } from './source.ts'

/**
 * Health of the devices behind one source, told on change only. Liveness is valid data seen, not a socket open: a
 * device is `up` when it says something valid, `silent` when it has not for a while, `down` when the way to it is cut.
 * Times are monotonic milliseconds.
 */
export interface DeviceWatch {
  /** Starts the silence clock of a device that has said nothing yet. */
  expect(device: string, nowMs: number): void
  heard(device: string, nowMs: number): void
  /** `except`: one that has other signs of life (a connection with a keep-alive of its own). */
  checkSilence(nowMs: number, silentAfterMs: number, except?: string): void
  down(device: string, reason: string): void
  /** The way to all of them is cut. */
  allDown(reason: string): void
  /** When it was last heard, or expected. */
  heardAtMs(device: string): number | undefined
}

interface Health {
  state: LinkReport['state'] | 'unknown'
  heardAtMs: number
}

/** Devices watched by one source. Beyond it (names come off the network) new ones are served but not watched. */
const mostDevices = 10_000

export function watchDevices(link: (report: LinkReport) => void): DeviceWatch {
  const devices = new Map<string, Health>()

  function healthOf(device: string): Health | undefined {
    const known = devices.get(device)
    if (known !== undefined || devices.size >= mostDevices) return known
    const fresh: Health = { state: 'unknown', heardAtMs: 0 }
    devices.set(device, fresh)
    return fresh
  }

  function change(device: string, health: Health | undefined, state: LinkReport['state'], reason?: string): void {
    if (health === undefined || health.state === state) return
    health.state = state
    link(reason === undefined ? { device, state } : { device, state, reason })
  }

  return {
    expect(device, nowMs) {
      const health = healthOf(device)
      if (health === undefined) return
      if (health.state === 'up') health.state = 'unknown'
      health.heardAtMs = nowMs
    },
    heard(device, nowMs) {
      const health = healthOf(device)
      if (health !== undefined) health.heardAtMs = nowMs
      change(device, health, 'up')
    },
    checkSilence(nowMs, silentAfterMs, except) {
      for (const [device, health] of devices) {
        if (device === except) continue
        if (nowMs - health.heardAtMs < silentAfterMs || health.state === 'down') continue
        change(device, health, 'silent', `no valid data for ${silentAfterMs / 1000} s`)
      }
    },
    down: (device, reason) => change(device, healthOf(device), 'down', reason),
    allDown(reason) {
      for (const [device, health] of devices) change(device, health, 'down', reason)
    },
    heardAtMs: (device) => devices.get(device)?.heardAtMs,
  }
}

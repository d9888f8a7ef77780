import { connect, createServer, type Socket } from 'node:net'

/** What happens to bytes on their way, in both directions unless it says otherwise. Changed at any time. */
export interface Weather {
  /** How long each byte is under way. */
  readonly delayMs: number
  /** Bytes a second in each direction of each connection; undefined = as fast as it goes. */
  readonly bytesPerSecond: number | undefined
  /** Bytes and FINs disappear, and nobody is told: a half-open connection. */
  readonly swallowUp: boolean
  readonly swallowDown: boolean
  /** A connection that brought so many bytes up is reset (RST) at exactly that byte. */
  readonly resetAtUpByte: number | undefined
  /** The same for bytes down. */
  readonly resetAtDownByte: number | undefined
}

export const fairWeather: Weather = {
  delayMs: 0,
  bytesPerSecond: undefined,
  swallowUp: false,
  swallowDown: false,
  resetAtUpByte: undefined,
  resetAtDownByte: undefined,
}

export type Direction = 'up' | 'down'

/** What a proxy did, as the proof that a fault was injected. */
export interface ProxyCounters {
  connections: number
  refused: number
  cut: number
  resets: number
  halfClosed: number
  upBytes: number
  downBytes: number
  swallowedBytes: number
}

/** A TCP proxy on loopback that misbehaves on request. `up` is from whoever connects to the target. */
export interface ChaosProxy {
  readonly port: number
  readonly counters: Readonly<ProxyCounters>
  /** For present and future connections. */
  weather(change: Partial<Weather>): void
  /** Breaks every connection, and refuses new ones until `mend`. */
  cut(): void
  mend(): void
  /** Breaks every connection; new ones are welcome. */
  breakAll(): void
  /** As when a NAT is rebound: connections of now are black holes for ever, new ones are welcome. */
  forget(): void
  /** New connections lead elsewhere. */
  leadTo(target: { readonly host: string; readonly port: number }): void
  /** FIN in one direction of every connection; the other goes on. */
  halfClose(direction: Direction): void
  /** Called with every chunk before it goes on. */
  watch(listener: (direction: Direction, chunk: Buffer) => void): void
  /** Safe to call twice. */
  close(): Promise<void>
}

/** Bytes that wait for their time in one direction; beyond it the sender is held back. */
const longestQueueBytes = 1024 * 1024
const trickleEveryMs = 20

export async function openChaosProxy(first: { readonly host: string; readonly port: number }): Promise<ChaosProxy> {
  let target = first
  const counters: ProxyCounters = {
    connections: 0,
    refused: 0,
    cut: 0,
    resets: 0,
    halfClosed: 0,
    upBytes: 0,
    downBytes: 0,
    swallowedBytes: 0,
  }
  const pairs = new Set<Pair>()
  const listeners: ((direction: Direction, chunk: Buffer) => void)[] = []
  let weather = fairWeather
  let isCut = false

  const surroundings: Surroundings = {
    counters,
    weather: () => weather,
    onChunk: (direction, chunk) => {
      for (const listener of listeners) listener(direction, chunk)
    },
  }
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (isCut) {
      counters.refused += 1
      near.destroy()
      return
    }
    counters.connections += 1
    const pair = new Pair(near, connect({ ...target, allowHalfOpen: true }), surroundings)
    pairs.add(pair)
    pair.onEnd = () => pairs.delete(pair)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const breakAll = () => {
    for (const pair of pairs) {
      counters.cut += 1
      pair.destroy()
    }
  }
  let closing: Promise<void> | undefined
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    counters,
    weather(change) {
      weather = { ...weather, ...change }
    },
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
    breakAll,
    forget() {
      for (const pair of pairs) pair.forget()
    },
    leadTo(next) {
      target = next
    },
    halfClose(direction) {
      for (const pair of pairs) {
        counters.halfClosed += 1
        pair.halfClose(direction)
      }
    },
    watch: (listener) => void listeners.push(listener),
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve())
        for (const pair of pairs) pair.destroy()
      })
      return closing
    },
  }
}

interface Surroundings {
  readonly counters: ProxyCounters
  readonly weather: () => Weather
  readonly onChunk: (direction: Direction, chunk: Buffer) => void
}

/** Both legs of one connection. */
class Pair {
  onEnd: () => void = () => {}
  readonly #near: Socket
  readonly #far: Socket
  readonly #around: Surroundings
  #ended = false
  #isForgotten = false

  constructor(near: Socket, far: Socket, around: Surroundings) {
    this.#near = near
    this.#far = far
    this.#around = around
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      socket.on('error', () => this.destroy())
      socket.on('close', () => {
        // A half-open connection stays open on the other side: that is what makes it one.
        if (!this.#swallows('up') && !this.#swallows('down')) this.destroy()
      })
    }
    this.#pump('up', near, far)
    this.#pump('down', far, near)
  }

  halfClose(direction: Direction): void {
    ;(direction === 'up' ? this.#far : this.#near).end()
  }

  forget(): void {
    this.#isForgotten = true
  }

  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    this.#near.destroy()
    this.#far.destroy()
    this.onEnd()
  }

  #reset(): void {
    this.#around.counters.resets += 1
    this.#ended = true
    this.#near.resetAndDestroy()
    this.#far.resetAndDestroy()
    this.onEnd()
  }

  #swallows(direction: Direction): boolean {
    if (this.#isForgotten) return true
    const { swallowUp, swallowDown } = this.#around.weather()
    return direction === 'up' ? swallowUp : swallowDown
  }

  #pump(direction: Direction, from: Socket, to: Socket): void {
    const { counters, weather, onChunk } = this.#around
    const queue: { readonly at: number; readonly chunk: Buffer | 'end' }[] = []
    let queuedBytes = 0
    let passed = 0
    let timer: NodeJS.Timeout | undefined

    const give = (chunk: Buffer) => {
      const { resetAtUpByte, resetAtDownByte } = weather()
      const resetAt = direction === 'up' ? resetAtUpByte : resetAtDownByte
      const part = resetAt === undefined ? chunk : chunk.subarray(0, Math.max(0, resetAt - passed))
      passed += part.length
      counters[direction === 'up' ? 'upBytes' : 'downBytes'] += part.length
      if (part.length > 0 && !to.destroyed) to.write(part)
      // Written bytes must leave before the RST throws away what is still queued in the kernel.
      if (resetAt !== undefined && passed >= resetAt) setImmediate(() => this.#reset())
    }
    const work = () => {
      timer = undefined
      const { bytesPerSecond } = weather()
      let allowance = bytesPerSecond === undefined ? Number.POSITIVE_INFINITY : (bytesPerSecond * trickleEveryMs) / 1000
      while (queue[0] !== undefined && queue[0].at <= performance.now() && allowance > 0) {
        const { chunk, at } = queue[0]
        queue.shift()
        if (chunk === 'end') {
          to.end()
          continue
        }
        const now = chunk.subarray(0, Math.max(1, Math.floor(Math.min(allowance, chunk.length))))
        if (now.length < chunk.length) queue.unshift({ at, chunk: chunk.subarray(now.length) })
        allowance -= now.length
        queuedBytes -= now.length
        give(now)
      }
      if (queuedBytes < longestQueueBytes) from.resume()
      if (queue[0] !== undefined) {
        const waitMs = bytesPerSecond === undefined ? queue[0].at - performance.now() : trickleEveryMs
        timer ??= setTimeout(work, Math.max(1, waitMs))
      }
    }
    const put = (chunk: Buffer | 'end') => {
      queue.push({ at: performance.now() + weather().delayMs, chunk })
      if (chunk !== 'end') queuedBytes += chunk.length
      if (queuedBytes >= longestQueueBytes) from.pause()
      if (timer === undefined) work()
    }
    from.on('data', (chunk: Buffer) => {
      if (this.#swallows(direction)) {
        counters.swallowedBytes += chunk.length
        return
      }
      onChunk(direction, chunk)
      put(chunk)
    })
    from.on('end', () => {
      if (!this.#swallows(direction)) put('end')
    })
    from.on('close', () => clearTimeout(timer))
  }
}

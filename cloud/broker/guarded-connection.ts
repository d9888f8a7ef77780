import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { PacketGuard, PacketViolation } from '../../shared/packet-guard.ts'

/**
 * A socket as the MQTT broker sees it, with the guard in front: what breaks a limit is never handed on, and the
 * connection ends. Back-pressure goes through in both directions.
 */
export class GuardedConnection extends Duplex {
  readonly #socket: Socket

  constructor(socket: Socket, guard: PacketGuard, onViolation: (violation: PacketViolation) => void) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      const violation = guard.take(chunk)
      if (violation !== undefined) {
        onViolation(violation)
        this.destroy()
      } else if (!this.push(chunk)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send([chunk], done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  /** The packets of one turn leave in one system call. */
  #send(chunks: readonly Buffer[], done: () => void): void {
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
    if (this.#socket.writableNeedDrain) this.#socket.once('drain', done)
    else done()
  }
}

import { execFile, spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What went over one TCP port of loopback, as Wireshark reads it. */
export interface Capture {
  /** `live`: taken off the network; `relayed`: written down by a relay, where capturing is not allowed. */
  readonly kind: 'live' | 'relayed'
  /** Where clients are to connect, so that their traffic is in the capture. */
  readonly port: number
  /** Ends it; the pcap file is complete then. */
  stop(): Promise<void>
}

/** Captures the traffic to a server on loopback into `file`. The relay writes it down as one conversation. */
export async function captureTo(file: string, serverPort: number): Promise<Capture> {
  return (await captureLive(file, serverPort)) ?? captureByRelay(file, serverPort)
}

/** tshark on the loopback interface; `undefined` where this user may not. */
async function captureLive(file: string, port: number): Promise<Capture | undefined> {
  const tshark = spawn('tshark', ['-i', 'lo', '-f', `tcp port ${port}`, '-w', file, '-q'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => tshark.once('exit', () => resolve()))
  const started = new Promise<boolean>((resolve, reject) => {
    let said = ''
    tshark.once('error', reject) // not installed
    tshark.once('exit', () => resolve(false))
    tshark.stderr.on('data', (words: Buffer) => {
      said += words
      if (said.includes('Capture started')) resolve(true)
    })
  })
  if (!(await started)) return undefined
  return {
    kind: 'live',
    port,
    async stop() {
      await new Promise((resolve) => setTimeout(resolve, 1500)) // the kernel hands packets over in blocks
      tshark.kill('SIGINT')
      await ended
    },
  }
}

async function captureByRelay(file: string, serverPort: number): Promise<Capture> {
  const dump: string[] = []
  const sockets = new Set<Socket>()
  const relay = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1')
    for (const [from, to, direction] of [
      [client, server, 'I'],
      [server, client, 'O'],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => to.end())
      from.on('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += 1400) {
          const hex = bytes
            .subarray(at, at + 1400)
            .toString('hex')
            .replace(/../g, '$& ')
          dump.push(`${direction}\n000000 ${hex}\n`)
        }
        to.write(bytes)
      })
    }
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const address = relay.address()
  return {
    kind: 'relayed',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async stop() {
      for (const socket of sockets) socket.destroy()
      relay.close()
      const text = `${file}.txt`
      await writeFile(text, dump.join('\n'))
      await run('text2pcap', ['-q', '-D', '-T', `50000,${serverPort}`, text, file])
      await rm(text)
    },
  }
}

/** One LLRP message in a capture. */
export interface SeenMessage {
  readonly type: number
  readonly toServer: boolean
}

/** Every LLRP message that Wireshark finds at that port, and what it has to say against any of them. */
export async function llrpIn(
  file: string,
  port: number,
): Promise<{ readonly messages: readonly SeenMessage[]; readonly complaints: readonly string[] }> {
  const ask = async (...words: string[]) => {
    const { stdout } = await run('tshark', ['-r', file, '-d', `tcp.port==${port},llrp`, ...words], {
      maxBuffer: 1 << 28,
    })
    return stdout.split('\n').filter((line) => line !== '')
  }
  const fields = (names: readonly string[]) => ['-T', 'fields', ...names.flatMap((name) => ['-e', name])]
  const lines = await ask('-Y', 'llrp', ...fields(['tcp.dstport', 'llrp.type']))
  const messages = lines.flatMap((line) => {
    const [destination, types = ''] = line.split('\t')
    return types.split(',').map((type) => ({ type: Number(type), toServer: Number(destination) === port }))
  })
  // Warnings and errors of the dissectors; what TCP remarks about the end of a connection is none of LLRP.
  const wrong = '_ws.malformed || (llrp && _ws.expert.severity >= "Warning")'
  const about = ['frame.number', 'llrp.type', 'llrp.param.impinj_param_type', '_ws.expert.message']
  const said = await ask('-Y', wrong, ...fields(about))
  return { messages, complaints: said.flatMap(complaintsIn) }
}

/** What this dissector does not know, and what it then says: Impinj's Doppler shift, the field of SET_PROTOCOL_VERSION. */
const unknownToIt = [
  { column: 2, value: '68', sentence: 'Incorrect length of parameter: 12 bytes decoded, but 14 bytes claimed.' },
  { column: 1, value: '47', sentence: 'Incorrect length of message: 10 bytes decoded, but 11 bytes available.' },
] as const

function complaintsIn(line: string): readonly string[] {
  const columns = line.split('\t')
  const sentences = (columns[3] ?? '').split(/(?<=\.),/)
  for (const { column, value, sentence } of unknownToIt) {
    for (const found of (columns[column] ?? '').split(',')) {
      const excused = found === value ? sentences.indexOf(sentence) : -1
      if (excused >= 0) sentences.splice(excused, 1)
    }
  }
  return sentences.map((sentence) => `frame ${columns[0]}: ${sentence}`)
}

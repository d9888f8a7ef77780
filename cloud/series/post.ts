import type { WriteAnswer } from './influx-write.ts'

// Not imported: that would bring the WebSocket client of node:http, 3 MB that nothing here opens.
const plain = process.getBuiltinModule('node:http')
const secure = process.getBuiltinModule('node:https')

/**
 * Posts bodies to one address over connections that are kept. Node's own client, because `fetch` copies a body before it
 * sends it: for one of 1.25 MB it takes two to three times the processor. Follows no redirects.
 */
export function openPost(url: URL, headers: Readonly<Record<string, string>>) {
  const { Agent, request } = url.protocol === 'https:' ? secure : plain
  const agent = new Agent({ keepAlive: true })

  return {
    /** Network trouble and the signal's end reject. The bytes are not touched any more once it has settled. */
    post(body: Uint8Array, encoding: 'gzip' | undefined, signal: AbortSignal): Promise<WriteAnswer> {
      return new Promise((resolve, reject) => {
        const length = { 'content-length': String(body.length) }
        const encoded = encoding === undefined ? {} : { 'content-encoding': encoding }
        const posting = request(
          url,
          { method: 'POST', agent, signal, headers: { ...headers, ...length, ...encoded } },
          (response) => {
            let text = ''
            response.setEncoding('utf8')
            response.on('data', (chunk) => {
              text += chunk
            })
            response.on('end', () => {
              // Whoever answers before it has all of it does not get the rest, which is somebody else's by then.
              if (!posting.writableFinished) posting.destroy()
              resolve({ status: response.statusCode ?? 0, body: text, retryAfter: response.headers['retry-after'] })
            })
            response.on('error', reject)
          },
        )
        posting.on('error', reject)
        posting.end(body)
      })
    },
    /** Ends connections that are kept. */
    close: () => agent.destroy(),
  }
}

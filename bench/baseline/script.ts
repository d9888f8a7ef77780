import { Agent, request } from 'node:http'
import mqtt from 'mqtt'

/**
 * What somebody writes in an hour to bring readings from MQTT into InfluxDB: subscribe, parse, glue lines together, post
 * 5,000 of them or whatever came in 100 ms. It acknowledges before it stores, checks nothing, retries nothing, keeps no
 * stock and forgets everything at a restart. Run by bench/baseline.ts: node script.ts <broker url> <write url>
 */
const [brokerUrl = '', writeUrl = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })
let lines: string[] = []
let number = 0

interface Reading {
  readonly kind: 'measurement' | 'observation'
  readonly at: number
  readonly sensor: string
  readonly values: Readonly<Record<string, number>>
  readonly readPoint: string
  readonly epc: string
  readonly count: number
  readonly peakRssiDbm: number
  readonly antenna: number
}

function flush(): void {
  if (lines.length === 0) return
  const body = lines.join('\n')
  const written = lines.length
  lines = []
  const post = request(writeUrl, { method: 'POST', agent }, (response) => {
    response.resume()
    response.on('end', () => process.send?.({ written, status: response.statusCode }))
  })
  post.on('error', () => process.send?.({ written, status: 0 }))
  post.end(body)
}
setInterval(flush, 100)

const client = mqtt.connect(brokerUrl)
client.on('message', (topic, payload) => {
  const [, site, gateway] = topic.split('/')
  for (const reading of JSON.parse(payload.toString()) as Reading[]) {
    if (reading.kind === 'measurement') {
      const fields = Object.entries(reading.values).map(([name, value]) => `${name}=${value}`)
      lines.push(
        `condition,gateway=${gateway},site=${site},source=${reading.sensor} ${fields.join(',')} ${reading.at}000000`,
      )
    } else {
      const nanos = String(number++ % 1_000_000).padStart(6, '0')
      lines.push(
        `read,gateway=${gateway},site=${site},source=${reading.readPoint} ` +
          `epc="${reading.epc}",count=${reading.count},peakRssiDbm=${reading.peakRssiDbm},antenna=${reading.antenna} ` +
          `${reading.at}${nanos}`,
      )
    }
  }
  if (lines.length >= 5000) flush()
})
client.on('connect', () => client.subscribe('readings/#', { qos: 1 }, () => process.send?.({ ready: true })))

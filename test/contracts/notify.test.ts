import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { connectAsync } from 'mqtt'
import { SMTPServer } from 'smtp-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SmtpServer as SmtpConfig } from '../../cloud/notify/config.ts'
import { allowedOf } from '../../cloud/notify/network.ts'
import { sendHttp } from '../../cloud/notify/send-http.ts'
import { sendMail } from '../../cloud/notify/send-mail.ts'
import { sendMqtt } from '../../cloud/notify/send-mqtt.ts'
import { ChannelBody } from '../../shared/channel.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { alertOf, channelOf, monday, noticeOf } from '../support/notices.ts'
import { until } from '../support/until.ts'

/** Messages to real servers of the three kinds. */

const here = allowedOf(['127.0.0.1'])
const postTo = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{"a":"门"}' })
const soon = () => AbortSignal.timeout(30_000)

async function serve(answer: RequestListener): Promise<{ readonly port: number; readonly seen: string[] }> {
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await bodyOf(request)}`)
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, seen }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

describe('over HTTP', () => {
  test('what is posted arrives whole, and the answer comes back', async () => {
    const { port, seen } = await serve((_request, response) =>
      response.writeHead(429, { 'retry-after': '7' }).end('slow'),
    )
    const answer = await sendHttp(postTo(`http://127.0.0.1:${port}/hook?x=1`), here, soon())
    expect(answer).toEqual({ status: 429, body: 'slow', retryAfter: '7' })
    expect(seen).toEqual(['POST /hook?x=1 {"a":"门"}'])
  })

  test('a redirect is not followed', async () => {
    const { port, seen } = await serve((_request, response) => response.writeHead(307, { location: '/inside' }).end())
    expect(await sendHttp(postTo(`http://127.0.0.1:${port}/hook`), here, soon())).toMatchObject({ status: 307 })
    expect(seen).toHaveLength(1)
  })

  test('an answer without end is read up to its bound', async () => {
    const { port } = await serve((_request, response) => {
      response.writeHead(200)
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    })
    const answer = await sendHttp(postTo(`http://127.0.0.1:${port}/`), here, soon())
    expect(answer).toMatchObject({ status: 200, body: 'x'.repeat(8192) })
  })

  test('who never answers is left when time is up', async () => {
    const { port } = await serve(() => {})
    const sent = sendHttp(postTo(`http://127.0.0.1:${port}/`), here, AbortSignal.timeout(200))
    await expect(sent).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) })
  })

  test('a name is asked once, and the connection goes to the address that was checked', async () => {
    const { port, seen } = await serve((_request, response) => response.end('ok'))
    const asked: string[] = []
    const inside = async (host: string) => {
      asked.push(host)
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const answer = await sendHttp(postTo(`http://hook.example:${port}/`), here, soon(), inside)
    expect(answer).toMatchObject({ status: 200 })
    expect([asked, seen.length]).toEqual([['hook.example'], 1])
  })

  test('one address inside the house among several is enough to send nothing', async () => {
    const { port, seen } = await serve((_request, response) => response.end('ok'))
    const both = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const answer = await sendHttp(postTo(`http://hook.example:${port}/`), allowedOf([]), soon(), both)
    expect(answer).toEqual({ blocked: expect.stringContaining('127.0.0.1') })
    expect(seen).toEqual([])
  })
})

describe('over MQTT', () => {
  const send = (url: string, secret: string | undefined, signal = soon(), allowed = here) => {
    const channel = channelOf({ kind: 'mqtt', url, secret })
    if (channel.kind !== 'mqtt') throw new Error('no MQTT channel')
    return sendMqtt(channel, 'd1', noticeOf('ringing', 'a', monday), allowed, signal)
  }

  test('what is told arrives at a broker once, not retained; a wrong password and a broker that is gone are told apart', async () => {
    const users = { listener: 'listener-password', night: 'night-password' }
    const permissions = 'user listener\ntopic read #\nuser night\ntopic write warehouse/alerts\n'
    const broker = await startMosquitto({ users, permissions })
    onTestFinished(() => broker.stop())
    const login = { username: 'listener', password: users.listener }
    const listener = await connectAsync(broker.url, login)
    onTestFinished(() => listener.endAsync(true))
    await listener.subscribeAsync('#', { qos: 1 })
    const heard: { readonly topic: string; readonly retain: boolean; readonly said: unknown }[] = []
    listener.on('message', (topic, payload, { retain }) =>
      heard.push({ topic, retain, said: JSON.parse(payload.toString('utf8')) }),
    )
    const address = `mqtt://night@127.0.0.1:${broker.port}/warehouse/alerts`
    expect(await send(address, users.night)).toMatchObject({ outcome: 'delivered' })
    await until('it was heard', () => heard.length > 0)
    expect(heard).toEqual([
      {
        topic: 'warehouse/alerts',
        retain: false,
        said: {
          id: 'd1',
          type: 'alert.ringing',
          timestamp: '2026-01-05T00:00:00.000Z',
          data: { site: 'rtm', alert: alertOf('a') },
        },
      },
    ])
    expect(await send(address, 'wrong-password')).toMatchObject({ outcome: 'refused', status: 5 })
    await listener.endAsync(true)
    await broker.stop()
    await expect(send(address, users.night)).rejects.toThrow(/ECONNREFUSED/)
  })

  test('a broker that never answers is left when time is up, and one inside the house is not reached at all', async () => {
    let visitors = 0
    const silent = createTcpServer(() => (visitors += 1)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const address = `mqtt://localhost:${(silent.address() as AddressInfo).port}/warehouse/alerts`
    expect(await send(address, undefined, soon(), allowedOf([]))).toMatchObject({
      outcome: 'blocked',
      said: expect.stringContaining('notify.allow'),
    })
    expect(visitors).toBe(0)
    const waiting = send(address, undefined, AbortSignal.timeout(1000), allowedOf(['localhost']))
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' })
    await until('somebody came', () => visitors > 0)
    expect(visitors).toBe(1)
  })

  test.each([
    ['mqtt://broker.example/alerts', true],
    ['mqtts://night@broker.example:8883/warehouse/%E4%BB%93', true],
    ['mqtt://broker.example', false],
    ['mqtt://broker.example/', false],
    ['mqtt://broker.example/all/%23', false],
    ['mqtt://broker.example/+/alerts', false],
    ['mqtt://night:password@broker.example/alerts', false],
    ['https://broker.example/alerts', false],
  ])('%s is an address of a topic: %s', (url, isOne) => {
    expect(ChannelBody.safeParse({ kind: 'mqtt', name: 'n', url }).success).toBe(isOne)
  })
})

describe('by mail', () => {
  async function mailServer(refuse?: { readonly code: number }) {
    const mails: string[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, done) =>
        done(refuse === undefined ? null : Object.assign(new Error('no'), { responseCode: refuse.code })),
      onData(stream, _session, done) {
        let mail = ''
        stream.on('data', (chunk: Buffer) => {
          mail += chunk.toString('utf8')
        })
        stream.on('end', () => {
          mails.push(mail)
          done()
        })
      },
    })
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
    return { port: (server.server.address() as AddressInfo).port, mails }
  }
  const send = async (port: number, tls: 'none' | 'starttls' = 'none') => {
    const config = SmtpConfig.parse({ host: '127.0.0.1', port, tls, from: 'Warepulse <warepulse@example.com>' })
    const channel = channelOf({ kind: 'email', url: undefined, secret: undefined, to: ['night@example.com'] })
    if (channel.kind !== 'email') throw new Error('no mail channel')
    return sendMail(config, undefined, channel, 'd1', noticeOf('ringing', 'a', monday), 'UTC', 2000)
  }

  test('arrives with its words, and with an id that stays the same', async () => {
    const { port, mails } = await mailServer()
    expect(await send(port)).toMatchObject({ outcome: 'delivered', status: 250 })
    expect(mails[0]).toContain('Message-ID: <d1@example.com>')
    expect(mails[0]).toContain('To: night@example.com')
    expect(mails[0]).toMatch(/What to do: Close the door\./)
  })

  test.each([
    [450, 'failed'],
    [550, 'refused'],
  ])('%i: %s', async (code, outcome) => {
    const { port } = await mailServer({ code })
    expect(await send(port)).toMatchObject({ outcome, status: code })
  })

  test('without TLS nothing is said to a server that shall have it', async () => {
    const { port, mails } = await mailServer()
    expect(await send(port, 'starttls')).toMatchObject({ outcome: expect.stringMatching(/failed|refused/) })
    expect(mails).toEqual([])
  })
})

import { createHmac } from 'node:crypto'
import type { Channel, Message } from '../../shared/channel.ts'
import { eventOf, type Words, wordsOf } from './words.ts'

/** One HTTP request. */
export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type HttpChannel = Exclude<Channel, { kind: 'email' | 'mqtt' }>

/** Robots refuse what is longer: WeCom takes 4,096 bytes of Markdown, the others more. */
const mostBytes = 4000

/** The request that tells `message`. Pure: the same message at the same instant is the same request. */
export function postOf(channel: HttpChannel, id: string, message: Message, timeZone: string, now: number): Post {
  const words = wordsOf(message, channel.site, channel.language, timeZone)
  const { secret } = channel
  switch (channel.kind) {
    case 'webhook':
      return signed(channel.url, id, JSON.stringify(eventOf(message, channel.site)), secret ?? '', now)
    // https://developer.work.weixin.qq.com/document/path/91770
    case 'wecom':
      return json(channel.url, { msgtype: 'markdown', markdown: { content: markdown(words) } })
    // https://open.dingtalk.com/document/robots/custom-robot-access: sign in the address, instant in ms.
    case 'dingtalk': {
      const url = new URL(channel.url)
      if (secret !== undefined) {
        url.searchParams.set('timestamp', String(now))
        url.searchParams.set('sign', hmac(secret, `${now}\n${secret}`))
      }
      return json(url.href, { msgtype: 'markdown', markdown: { title: words.title, text: markdown(words) } })
    }
    // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: the text to sign is the key, of nothing; in s.
    case 'feishu': {
      const timestamp = String(Math.floor(now / 1000))
      const sign = secret === undefined ? {} : { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') }
      return json(channel.url, { ...sign, msg_type: 'text', content: { text: plain(words) } })
    }
    // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    case 'slack':
      return json(channel.url, { text: slackText(words) })
    // Workflows, "When a Teams webhook request is received": an Adaptive Card in a message.
    case 'teams':
      return json(channel.url, { type: 'message', attachments: [card(words)] })
    // https://docs.ntfy.sh/publish/#publish-as-json: to the server, with the topic in the body.
    case 'ntfy': {
      const url = new URL(channel.url)
      const topic = url.pathname.replace(/^\/+|\/+$/g, '')
      const body = { topic, title: words.title, message: words.lines.join('\n'), priority: 6 - words.severity }
      const post = json(url.origin, body)
      return secret === undefined ? post : { ...post, headers: { ...post.headers, authorization: `Bearer ${secret}` } }
    }
  }
}

function signed(url: string, id: string, body: string, secret: string, now: number): Post {
  const seconds = String(Math.floor(now / 1000))
  return {
    url,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': signatureOf(secret, id, seconds, body),
    },
    body,
  }
}

/**
 * Standard Webhooks 1.0: HMAC-SHA256 over `id.seconds.body`. A secret that begins with `whsec_` is the key in base 64,
 * any other is the key as it is.
 */
export function signatureOf(secret: string, id: string, seconds: string, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
  return `v1,${hmac(key, `${id}.${seconds}.${body}`)}`
}

function json(url: string, value: object): Post {
  return { url, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) }
}

function hmac(key: string | Buffer, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('base64')
}

/** Names and texts come from people: what would be a mark-up in them is shown as it was typed. */
function markdown({ title, lines }: Words): string {
  const literal = (text: string) => text.replace(/([\\`*_{}[\]<>#~|])/g, '\\$1')
  const whole = [`**${literal(title)}**`, ...lines.map(literal)].join('\n\n')
  return cut(whole).replace(/(?<!\\)((?:\\\\)*)\\…$/, '$1…') // a cut between a backslash and what it kept literal
}

function plain({ title, lines }: Words): string {
  return cut([title, ...lines].join('\n'))
}

/** Slack's three control characters; without them no link and no mention can be smuggled in. */
function slackText(words: Words): string {
  return plain(words).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

function card(words: Words): object {
  const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text: cut(text), wrap: true, ...more })
  return {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [block(words.title, { weight: 'Bolder' }), ...words.lines.map((line) => block(line))],
    },
  }
}

/** At a whole character. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= mostBytes) return text
  const whole = new TextDecoder().decode(Buffer.from(text).subarray(0, mostBytes - 3)).replace(/\uFFFD+$/, '')
  return `${whole}…`
}

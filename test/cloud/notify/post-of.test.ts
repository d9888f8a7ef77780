import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { postOf, signatureOf } from '../../../cloud/notify/post-of.ts'
import { wordsOf } from '../../../cloud/notify/words.ts'
import type { Message } from '../../../shared/channel.ts'
import { alertOf, channelOf, monday, noticeOf } from '../../support/notices.ts'

const ringing: Message = noticeOf('ringing', 'a1', monday)
const zone = 'Asia/Shanghai'
type HttpChannel = Parameters<typeof postOf>[0]
const post = (body: Record<string, unknown>, message: Message = ringing) =>
  postOf(channelOf({ secret: undefined, ...body }) as HttpChannel, 'd1', message, zone, monday + 1500)
const bodyOf = (body: Record<string, unknown>, message?: Message) => JSON.parse(post(body, message).body)

// The vector that the reference libraries of Standard Webhooks test themselves with.
test('a signature as Standard Webhooks wants it', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  expect(signatureOf(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test": 2432232314}')).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

describe('what each kind is sent', () => {
  test('webhook: the event as data, signed', () => {
    const { headers, body, url } = post({ secret: 'a-secret-of-ours' })
    expect(url).toBe('https://example.com/hook')
    expect(JSON.parse(body)).toEqual({
      type: 'alert.ringing',
      timestamp: '2026-01-05T00:00:00.000Z',
      data: { site: 'rtm', alert: alertOf('a1') },
    })
    const seconds = String(monday / 1000 + 1)
    expect(headers).toMatchObject({ 'webhook-id': 'd1', 'webhook-timestamp': seconds })
    const mac = createHmac('sha256', 'a-secret-of-ours').update(`d1.${seconds}.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${mac}`)
  })

  test('WeCom', () => {
    expect(bodyOf({ kind: 'wecom' })).toMatchObject({ msgtype: 'markdown' })
    expect(bodyOf({ kind: 'wecom' }).markdown.content).toContain('**ALERT · Cold room too warm · sensor-7 · rtm**')
  })

  test('DingTalk: signed in its address, over milliseconds', () => {
    const { url, body } = post({
      kind: 'dingtalk',
      url: 'https://oapi.dingtalk.com/robot/send?access_token=t',
      secret: 'SEC-secret',
    })
    const query = new URL(url).searchParams
    const at = String(monday + 1500)
    expect(query.get('access_token')).toBe('t')
    expect(query.get('timestamp')).toBe(at)
    expect(query.get('sign')).toBe(createHmac('sha256', 'SEC-secret').update(`${at}\nSEC-secret`).digest('base64'))
    expect(JSON.parse(body)).toMatchObject({ msgtype: 'markdown', markdown: { title: expect.any(String) } })
  })

  test('Feishu: signed in its body, over seconds, with the text as the key', () => {
    const body = bodyOf({ kind: 'feishu', secret: 'fs-secret' })
    const at = String(monday / 1000 + 1)
    expect(body).toMatchObject({ timestamp: at, msg_type: 'text' })
    expect(body.sign).toBe(createHmac('sha256', `${at}\nfs-secret`).update('').digest('base64'))
    expect(bodyOf({ kind: 'feishu' })).not.toHaveProperty('sign')
  })

  test('Slack: nothing that people typed becomes a mention or a link', () => {
    const evil = noticeOf('ringing', 'a1', monday, { name: '<!channel> & <https://evil.example|click>' })
    expect(bodyOf({ kind: 'slack' }, evil).text).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;')
  })

  test('Teams: an Adaptive Card', () => {
    expect(bodyOf({ kind: 'teams' })).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
    })
  })

  test('ntfy: to the server, the topic in the body, 5 is the worst priority', () => {
    const { url, body, headers } = post({ kind: 'ntfy', url: 'https://ntfy.example/warehouse', secret: 'tk_12345678' })
    expect(url).toBe('https://ntfy.example')
    expect(headers['authorization']).toBe('Bearer tk_12345678')
    expect(JSON.parse(body)).toMatchObject({ topic: 'warehouse', priority: 4, title: expect.stringContaining('ALERT') })
  })

  test.each([0, 1, 2, 3])('a cut leaves no half of a mark that was made literal (%i)', (shift) => {
    const message = noticeOf('ringing', 'a1', monday, { whatToDo: `${'x'.repeat(shift)}${'*'.repeat(4096)}` })
    const { content } = bodyOf({ kind: 'wecom' }, message).markdown
    expect(/\\*(?=…$)/.exec(content)?.[0]).toHaveLength(0)
  })

  test('a long text is cut at a whole character', () => {
    const long = noticeOf('ringing', 'a1', monday, { whatToDo: '门'.repeat(1000), name: '仓'.repeat(600) })
    const { content } = bodyOf({ kind: 'wecom' }, long).markdown
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096)
    expect(content).not.toContain('\uFFFD')
    expect(content.endsWith('…')).toBe(true)
  })
})

describe('words', () => {
  const told = (message: Message, language: 'en' | 'zh-cn') => {
    const { title, lines } = wordsOf(message, 'rtm', language, zone)
    return [title, ...lines]
  }
  test.each([
    [
      'en',
      [
        'ALERT · Cold room too warm · sensor-7 · rtm',
        'Severity 2 · Zone cold · Value 9.4 °C',
        'Since 2026-01-05 08:00 Asia/Shanghai',
        'What to do: Close the door.',
      ],
    ],
    [
      'zh-cn',
      [
        '告警 · 冷库温度过高 · sensor-7 · rtm',
        '2 级 · 区域 cold · 读数 9.4 °C',
        '开始于 2026-01-05 08:00 Asia/Shanghai',
        '处理办法:Close the door.',
      ],
    ],
  ] as const)('of an alert, %s', (language, lines) => {
    expect(told(ringing, language)).toEqual(lines)
  })

  test.each([
    ['en', 'Severity 2 · Zone cold', 'Rang at 9.1 °C · Peaked at 12.4 °C, 2026-01-05 03:12 Asia/Shanghai', {}],
    ['zh-cn', '2 级 · 区域 cold', '触发值 9.1 °C · 最高 12.4 °C,2026-01-05 03:12 Asia/Shanghai', {}],
    [
      'en',
      'Severity 2 · Zone cold',
      'Rang at 20.0 °C · Fell to 12.4 °C, 2026-01-05 03:12 Asia/Shanghai',
      { value: 20 },
    ],
    [
      'en',
      'Severity 2 · Zone cold · 40 items',
      'Peaked at 12.4 °C, 2026-01-05 03:12 Asia/Shanghai',
      { items: 40, value: 8.1 },
    ],
  ] as const)('how bad it got, %s: %s %s', (language, facts, line, more) => {
    const worst = { value: 12.4, at: '2026-01-04T19:12:00.000Z' }
    const over = noticeOf('over', 'a1', monday, { value: 9.1, worst, ...more })
    expect(told(over, language).filter((_line, at) => at === 1 || at === 3)).toEqual([facts, line])
    expect(JSON.parse(post({ kind: 'webhook' }, over).body).data.alert.worst).toEqual(worst)
  })

  test('a worst that is what it rang with is said once', () => {
    const same = noticeOf('over', 'a1', monday, { worst: { value: 9.44, at: '2026-01-05T00:00:00.000Z' } })
    expect(told(same, 'en')).toContain('Severity 2 · Zone cold · Value 9.4 °C')
    expect(told(same, 'en').join()).not.toContain('Peaked')
  })

  test('of many', () => {
    const flood: Message = {
      event: 'flood',
      at: monday,
      alerts: [alertOf('a', { severity: 3 }), alertOf('b')],
      more: 7,
    }
    expect(told(flood, 'en')).toEqual([
      '9 further alerts at rtm',
      'Severity 3 · Cold room too warm · sensor-7',
      'Severity 2 · Cold room too warm · sensor-7',
      '… and 7 more; the board lists all of them',
    ])
    expect(wordsOf(flood, 'rtm', 'en', zone).severity).toBe(2)
  })
})

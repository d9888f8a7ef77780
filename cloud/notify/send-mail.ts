import type { Channel, Message } from '../../shared/channel.ts'
import type { SmtpServer } from './config.ts'
import type { Outcome } from './retry.ts'
import { wordsOf } from './words.ts'

type Mail = Extract<Channel, { kind: 'email' }>

/**
 * Hands one mail to the server of the configuration. `Message-ID` is the delivery's id, so that mail programs that see
 * it twice show it once. 4xx answers may take it later, 5xx will not (RFC 5321, 4.2.1).
 */
export async function sendMail(
  server: SmtpServer,
  password: string | undefined,
  channel: Mail,
  id: string,
  message: Message,
  timeZone: string,
  timeoutMs: number,
): Promise<Outcome> {
  const { title, lines, severity } = wordsOf(message, channel.site, channel.language, timeZone)
  // Loaded with the first mail: most houses send none.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'at-once',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.username !== undefined && { auth: { user: server.username, pass: password ?? '' } }),
  })
  try {
    const { response } = await transport.sendMail({
      from: server.from,
      to: channel.to,
      subject: title,
      text: `${lines.join('\n')}\n`,
      messageId: `<${id}@${server.from.split('@').at(-1)?.replace(/>.*$/, '') ?? 'warepulse'}>`,
      date: new Date(message.at),
      priority: severity === 1 ? 'high' : 'normal',
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    return { outcome: 'delivered', status: statusIn(response), said: response }
  } catch (thrown) {
    const { responseCode, message: said } = thrown as { responseCode?: number; message: string }
    const isFinal = responseCode !== undefined && responseCode >= 500
    return { outcome: isFinal ? 'refused' : 'failed', status: responseCode ?? null, said }
  } finally {
    transport.close()
  }
}

function statusIn(response: string): number | null {
  const status = Number(response.slice(0, 3))
  return Number.isInteger(status) && status > 0 ? status : null
}

import type { IncomingHttpHeaders } from 'node:http'

/**
 * Does this request come from a page of ours? Browsers send `Origin` with every POST and every WebSocket, and it
 * cannot be forged by a page, so its absence means that no page of ours sent it. `allowed` names further origins
 * (`https://board.example`), for a proxy that changes `Host`.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  const { origin, host } = headers
  if (origin === undefined) return site === 'same-origin'
  if (allowed.includes(origin)) return true
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

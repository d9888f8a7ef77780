import { type Reception, tryLogin } from '../../edge/sources/mqtt/login.ts'
import type { MqttOptions } from '../../edge/sources/mqtt/options.ts'
import type { Finding } from './finding.ts'

/**
 * Does the broker of the site let us in, and read what we subscribe to? Asked under a name of its own, so that the session
 * of a gateway that runs beside is not ended. `undefined` where nobody answers: `checkAddress` tells that.
 */
export async function checkLogin(source: MqttOptions, key: string): Promise<Finding | undefined> {
  return judgeLogin(source.username, key, await tryLogin(source, `warepulse-doctor-${process.pid}`))
}

function judgeLogin(username: string | undefined, key: string, reception: Reception): Finding | undefined {
  const about = { check: 'login', subject: key } as const
  const who = username === undefined ? 'us without a name' : `"${username}"`
  if (reception.is === 'unreachable') return undefined
  if (reception.is === 'refused') {
    const sentence = `The broker does not let ${who} in (${reception.why}). Correct username and passwordFile, or add the user there.`
    return { ...about, verdict: 'wrong', sentence }
  }
  if (reception.closed.length > 0) {
    const sentence = `The broker lets ${who} in, but not read ${reception.closed.join(', ')}. Correct its permissions.`
    return { ...about, verdict: 'wrong', sentence }
  }
  return { ...about, verdict: 'fine', sentence: `the broker lets ${who} in, and read what is subscribed to` }
}

import { isAtLeast, type Role, roleAt } from '../../accounts/roles.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { type Asked, useAnswer } from './use-answer.ts'

export interface Session {
  readonly name: string
  readonly via: 'session' | 'token'
  readonly hasPassword: boolean
  readonly grants: readonly { readonly site: string; readonly role: Role }[]
}

export function useSession(): Asked<Session> {
  return useAnswer<Session>('session', (signal) => ask('/session', { signal }))
}

/** Whether they may do at this site what needs `least`; until that is known they may not. The server decides in any case. */
export function useMay(): (least: Role) => boolean {
  const site = useStore().site.value
  const got = useSession().answer.value
  const role = got?.ok === true ? roleAt(got.value, site) : undefined
  return (least) => role !== undefined && isAtLeast(role, least)
}

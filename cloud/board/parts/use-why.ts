import { type WhySpeaker, whySpeaker } from '../core/why.ts'
import { useStore } from '../live/store.ts'

/** Says why, in the language of the reader, with the names and the clock of the site that is shown. */
export function useWhy(): WhySpeaker {
  const store = useStore()
  const zones = store.board.value?.map.zones
  const zoneName = (id: string) => zones?.find((zone) => zone.id === id)?.name ?? id
  return whySpeaker(store.preferences.value.language, store.format.value, zoneName)
}

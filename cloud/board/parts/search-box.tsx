import { useComputed, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Item } from '../../../shared/api.ts'
import { type Found, findOnMap } from '../core/find-on-map.ts'
import type { Route } from '../core/route.ts'
import type { Words } from '../core/words/words.ts'
import { ask, paged } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { isTyping } from '../plan/plan-canvas.tsx'
import { Icon, type IconName } from './icon.tsx'

interface Choice {
  readonly key: string
  readonly icon: IconName
  readonly title: string
  readonly note: string
  readonly to: Route
}

/** One box for everything. The map answers at each key, the goods follow from the server. */
export function SearchBox() {
  const store = useStore()
  const words = store.words.value
  const input = useRef<HTMLInputElement>(null)
  const query = useSignal('')
  const isOpen = useSignal(false)
  const active = useSignal(0)
  const goods = useSignal<readonly Item[]>([])

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
      const isSlash =
        event.key === '/' &&
        store.preferences.peek().keys &&
        !event.ctrlKey &&
        !event.metaKey &&
        !event.altKey &&
        !isTyping(event.target)
      if (!isPalette && !isSlash) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  const wanted = query.value.trim()
  const site = store.site.value
  // In the same step as the drawing: Enter must not choose goods of the words before.
  useLayoutEffect(() => {
    goods.value = []
    if (wanted.length < 2 || site === '') return
    const leaving = new AbortController()
    const timer = setTimeout(async () => {
      const answer = await ask<{ readonly items: readonly Item[] }>(
        paged(`/sites/${encodeURIComponent(site)}/items`, { q: wanted, limit: 6 }),
        { signal: leaving.signal },
      )
      if (answer.ok && !leaving.signal.aborted) goods.value = answer.value.items.slice(0, 6)
    }, 150)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [wanted, site])

  const choices = useComputed<readonly Choice[]>(() => {
    const text = query.value.trim()
    const map = store.board.value?.map
    if (text === '' || map === undefined) return []
    const said = store.words.value
    const zones = new Map(map.zones.map(({ id, name }) => [id, name]))
    const names = new Map(map.skus.map(({ sku, name }) => [sku, name]))
    return [
      ...findOnMap(map, text, 7).map((found) => choiceOf(found, said, zones)),
      ...goods.value.map(
        (item): Choice => ({
          key: `item ${item.epc}`,
          icon: 'item',
          title: item.epc,
          note: [item.sku === null ? said.noSku : (names.get(item.sku) ?? item.sku), item.slot ?? '']
            .filter((part) => part !== '')
            .join(' · '),
          to: { page: 'item', epc: item.epc },
        }),
      ),
      { key: 'all', icon: 'find', title: said.searchEverything(text), note: '', to: { page: 'find', q: text } },
    ]
  })
  const choose = (choice: Choice | undefined) => {
    if (choice === undefined) return
    isOpen.value = false
    query.value = ''
    input.current?.blur()
    store.go(choice.to)
  }
  const isListed = isOpen.value && wanted !== ''
  const at = Math.min(active.value, choices.value.length - 1)
  return (
    <search class="search">
      <Icon name="find" size={18} />
      <input
        ref={input}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder={words.searchPlaceholder}
        aria-label={words.searchPlaceholder}
        aria-expanded={isListed}
        aria-controls="search-choices"
        aria-activedescendant={isListed ? `choice-${at}` : undefined}
        aria-autocomplete="list"
        value={query.value}
        onFocus={() => {
          isOpen.value = true
        }}
        onBlur={() => {
          isOpen.value = false
        }}
        onInput={(event) => {
          query.value = event.currentTarget.value
          isOpen.value = true
          active.value = 0
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return
          const count = choices.value.length
          if (event.key === 'ArrowDown' && count > 0) active.value = (at + 1) % count
          else if (event.key === 'ArrowUp' && count > 0) active.value = (at - 1 + count) % count
          else if (event.key === 'Enter') choose(choices.value[at])
          else if (event.key === 'Escape') {
            query.value = ''
            input.current?.blur()
          } else return
          event.preventDefault()
        }}
      />
      <kbd>{words.searchKeys}</kbd>
      <div id="search-choices" class="choices" role="listbox" aria-label={words.find} hidden={!isListed}>
        {isListed &&
          choices.value.map((choice, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above owns the keys
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox, as ARIA has it
            <div
              key={choice.key}
              id={`choice-${place}`}
              role="option"
              aria-selected={place === at}
              class="choice"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(choice)}
            >
              <Icon name={choice.icon} size={18} />
              <span class="choice-title">{choice.title}</span>
              <span class="choice-note">{choice.note}</span>
            </div>
          ))}
      </div>
    </search>
  )
}

function choiceOf(found: Found, words: Words, zones: ReadonlyMap<string, string>): Choice {
  const key = `${found.kind} ${found.id}`
  switch (found.kind) {
    case 'slot':
      return {
        key,
        icon: 'slot',
        title: found.id,
        note: zones.get(found.zone) ?? found.zone,
        to: { page: 'floor', slot: found.id },
      }
    case 'sku':
      return { key, icon: 'sku', title: found.name, note: found.id, to: { page: 'floor', slot: null, find: found.id } }
    case 'sensor':
      return { key, icon: 'sensors', title: found.name, note: found.id, to: { page: 'sensors', sensor: found.id } }
    case 'zone':
      return { key, icon: 'zone', title: found.name, note: words.kindZone, to: { page: 'find', q: found.id } }
    case 'gate':
      return { key, icon: 'gate', title: found.id, note: words.kindGate, to: { page: 'gateways' } }
  }
}

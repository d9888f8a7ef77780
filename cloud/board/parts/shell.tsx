import type { ComponentChildren } from 'preact'
import { isOpen } from '../core/alert-order.ts'
import { knownZone } from '../core/format.ts'
import type { Route } from '../core/route.ts'
import { themes } from '../live/preferences.ts'
import { useStore } from '../live/store.ts'
import { Banner } from './banner.tsx'
import { Icon, IconButton, type IconName } from './icon.tsx'
import { Link } from './link.tsx'
import { Pulse } from './pulse.tsx'
import { SearchBox } from './search-box.tsx'
import { Shortcuts } from './shortcuts.tsx'

/** The frame around every page: where am I, is it true, what else is there. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const store = useStore()
  const words = store.words.value
  const route = store.route.value
  const isOnFloor = route.page === 'floor' && route.slot === null && route.asOf === undefined
  return (
    <div class="shell" data-tour={isOnFloor ? store.tour.value : null}>
      <a class="skip" href="#content">
        {words.skipToContent}
      </a>
      <Rail />
      <TopBar />
      <div class="banners" role="status">
        <Banner />
        {store.isOutdated.value && (
          <div class="banner quiet-banner">
            <button type="button" class="button" onClick={() => location.reload()}>
              {words.updateReady}
            </button>
          </div>
        )}
      </div>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <FooterLine />
      <div class="unseen" aria-live="polite">
        {store.polite.value}
      </div>
      <div class="unseen" aria-live="assertive">
        {store.assertive.value}
      </div>
    </div>
  )
}

function Rail() {
  const store = useStore()
  const words = store.words.value
  const open = store.alerts.value.filter(isOpen).length
  const places: readonly (readonly [IconName, string, Route])[] = [
    ['floor', words.floor, { page: 'floor', slot: null }],
    ['find', words.find, { page: 'find', q: '' }],
    ['scan', words.scan, { page: 'scan' }],
    ['alerts', words.alerts, { page: 'alerts' }],
    ['shipments', words.dock, { page: 'shipments', shipment: null }],
    ['sensors', words.sensors, { page: 'sensors', sensor: null }],
    ['gateways', words.gateways, { page: 'gateways' }],
    ['system', words.system, { page: 'system' }],
  ]
  return (
    <nav class="rail" aria-label={words.mainNavigation}>
      <img class="rail-logo" src="/icon.svg" alt="" width="32" height="32" />
      {places.map(([icon, text, to]) => {
        const count = to.page === 'alerts' && open > 0 ? store.format.value.number(open) : null
        return (
          <Link key={to.page} to={to} class={`rail-link to-${to.page}`} current={store.route.value.page === to.page}>
            <span class="rail-icon">
              <Icon name={icon} size={22} />
              {count !== null && <span class="badge">{count}</span>}
            </span>
            <span>{text}</span>
          </Link>
        )
      })}
    </nav>
  )
}

function TopBar() {
  const store = useStore()
  const words = store.words.value
  const map = store.board.value?.map
  const { language, theme } = store.preferences.value
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
  const themeName = theme === 'auto' ? words.themeAuto : theme === 'light' ? words.themeLight : words.themeDark
  const sites = store.sites.value
  return (
    <header class="top">
      <div class="top-site">
        {sites.length > 1 ? (
          <select
            aria-label={words.site}
            value={store.site.value}
            onChange={(event) => store.prefer({ site: event.currentTarget.value })}
          >
            {sites.map(({ site, name }) => (
              <option key={site} value={site}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <span class="site-name">{map?.name ?? sites[0]?.name ?? 'Warepulse'}</span>
        )}
        <Pulse />
      </div>
      <SearchBox />
      <div class="top-end">
        {map !== undefined && (
          <time class="clock" title={words.siteTime(knownZone(map.timeZone))}>
            {store.format.value.clock(store.now.value)}
          </time>
        )}
        <button
          type="button"
          class="icon-button language"
          lang={language === 'en' ? 'zh-CN' : 'en'}
          aria-label={`${language === 'en' ? '中' : 'EN'} ${words.switchLanguage}`}
          title={words.switchLanguage}
          onClick={() => store.prefer({ language: language === 'en' ? 'zh-CN' : 'en' })}
        >
          {language === 'en' ? '中' : 'EN'}
        </button>
        <Link to={{ page: 'account' }} class="icon-button" label={words.account}>
          <Icon name="person" />
        </Link>
        <IconButton icon={theme} label={themeName} onClick={() => store.prefer({ theme: nextTheme })} />
        <Link to={{ page: 'walls' }} class="icon-button to-walls" label={words.walls}>
          <Icon name="wall" />
        </Link>
        <Shortcuts />
      </div>
    </header>
  )
}

/** The link to the server may stand while a gateway or a reader is gone: then a part of the picture is a memory. */
function SlotsCurrent() {
  const store = useStore()
  const words = store.words.value
  const stale = store.trust.value?.notCurrent ?? 0
  return stale === 0 ? words.dataFresh : <strong>{words.slotsNotCurrent(store.format.value.number(stale))}</strong>
}

function FooterLine() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const liveness = store.liveness.value
  const board = store.board.value
  if (board === null) return <footer class="foot" />
  const isLost = liveness.state === 'lost'
  const waiting = store.outbox.waiting.value.length
  return (
    <footer class="foot">
      <span>{isLost ? words.linkLost : words.linkConnected}</span>
      {waiting > 0 && <strong>{words.scanWaiting(waiting, format.number(waiting))}</strong>}
      <span>{isLost ? words.dataAge(format.age(liveness.ageMs)) : <SlotsCurrent />}</span>
      <span class="foot-end">{words.siteTime(knownZone(board.map.timeZone))}</span>
    </footer>
  )
}

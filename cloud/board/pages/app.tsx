import type { ComponentType } from 'preact'
import type { Route } from '../core/route.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'
import { Notice, RefusalNotice } from '../parts/notice.tsx'
import { Shell } from '../parts/shell.tsx'
import { FloorPage, FloorSkeleton } from './floor.tsx'
import { Lazy } from './lazy.tsx'
import { SignInPage } from './sign-in.tsx'
import { WallPage } from './wall.tsx'

const load = {
  alerts: (): Promise<ComponentType> => import('./alerts.tsx').then(({ AlertsPage }) => AlertsPage),
  find: (): Promise<ComponentType> => import('./find.tsx').then(({ FindPage }) => FindPage),
  item: (): Promise<ComponentType> => import('./item.tsx').then(({ ItemPage }) => ItemPage),
  sensors: (): Promise<ComponentType> => import('./sensors.tsx').then(({ SensorsPage }) => SensorsPage),
  shipments: (): Promise<ComponentType> => import('./shipments.tsx').then(({ ShipmentsPage }) => ShipmentsPage),
  goods: (): Promise<ComponentType> => import('./goods.tsx').then(({ GoodsPage }) => GoodsPage),
  scan: (): Promise<ComponentType> => import('./scan.tsx').then(({ ScanPage }) => ScanPage),
  system: (): Promise<ComponentType> => import('./system.tsx').then(({ SystemPage }) => SystemPage),
  walls: (): Promise<ComponentType> => import('./walls.tsx').then(({ WallsPage }) => WallsPage),
  imports: (): Promise<ComponentType> => import('./imports.tsx').then(({ ImportsPage }) => ImportsPage),
  notifications: (): Promise<ComponentType> =>
    import('./notifications.tsx').then(({ NotificationsPage }) => NotificationsPage),
  setup: (): Promise<ComponentType> => import('./setup.tsx').then(({ SetupPage }) => SetupPage),
  rules: (): Promise<ComponentType> => import('./rules.tsx').then(({ RulesPage }) => RulesPage),
  map: (): Promise<ComponentType> => import('./map.tsx').then(({ MapPage }) => MapPage),
  account: (): Promise<ComponentType> => import('./account.tsx').then(({ AccountPage }) => AccountPage),
  settings: (): Promise<ComponentType> => import('./settings.tsx').then(({ SettingsPage }) => SettingsPage),
  gateways: (): Promise<ComponentType> => import('./gateways.tsx').then(({ GatewaysPage }) => GatewaysPage),
}

export function App() {
  const store = useStore()
  const words = store.words.value
  const phase = store.phase.value
  switch (phase.kind) {
    case 'signed-out':
      return <SignInPage keyRefused={phase.keyRefused} isWall={store.route.value.page === 'wall'} />
    case 'no-site':
      if (store.route.value.page === 'setup')
        return (
          <main class="setup-alone">
            <Lazy load={load.setup} />
          </main>
        )
      return (
        <main class="alone">
          <img src="/icon.svg" alt="" width="56" height="56" />
          <Notice title={words.nothingConfiguredTitle}>
            <p>{words.nothingConfigured}</p>
            <p>
              <Link to={{ page: 'setup' }} class="button primary">
                {words.setupHere}
              </Link>
            </p>
            <pre class="terminal">
              <code>warepulse demo</code>
            </pre>
          </Notice>
        </main>
      )
    case 'failed':
      return (
        <main class="alone">
          <img src="/icon.svg" alt="" width="56" height="56" />
          <RefusalNotice refusal={phase.refusal} onRetry={() => store.retry()} />
        </main>
      )
    case 'starting':
      if (store.route.value.page === 'wall') return <WallPage settings={store.route.value.settings} />
      return (
        <Shell>
          <FloorSkeleton />
        </Shell>
      )
    case 'watching':
      if (store.route.value.page === 'wall') return <WallPage settings={store.route.value.settings} />
      return (
        <Shell>
          <Page route={store.route.value} />
        </Shell>
      )
  }
}

function Page({ route }: { readonly route: Route }) {
  const words = useStore().words.value
  switch (route.page) {
    case 'floor':
      return <FloorPage slot={route.slot} find={route.find} asOf={route.asOf} />
    case 'wall':
      return null
    case 'nowhere':
      return (
        <Notice title={words.nowhereTitle}>
          <Link to={{ page: 'floor', slot: null }} class="button">
            {words.nowhere}
          </Link>
        </Notice>
      )
    default:
      return <Lazy key={route.page} load={load[route.page]} />
  }
}

import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Page, WallScreen } from '../../../shared/api.ts'
import type { Rule } from '../../../shared/rule.ts'
import { type SetupStep, setupSteps, stepsDone } from '../core/setup.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'
import { Notice, RefusalNotice } from '../parts/notice.tsx'
import { PasswordForm } from '../parts/password-form.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { type Session, useMay, useSession } from '../parts/use-session.ts'
import { GatewayStep } from '../setup/gateway-step.tsx'
import { RuleStep, WallStep } from '../setup/last-steps.tsx'
import { ReaderStep } from '../setup/reader-step.tsx'
import { SiteStep } from '../setup/site-step.tsx'
import { useSetupWords } from '../setup/use-setup-words.ts'
import '../style/setup.css'

const askEveryMs = 5_000

/** From nothing to a board on the wall; before there is a site, it stands alone on the page. */
export function SetupPage() {
  const said = useStore().words.value
  const words = useSetupWords()
  const { answer, again } = useSession()
  const session = answer.value
  const may = useMay()
  if (session === null) return <div class="page" aria-busy="true" />
  if (!session.ok) return <RefusalNotice refusal={session} />
  if (!may('integrator')) return <Notice title={said.notAllowedTitle}>{words.hidden}</Notice>
  return <Steps session={session.value} onPassword={again} />
}

function Steps({ session, onPassword }: { readonly session: Session; onPassword(): void }) {
  const store = useStore()
  const words = useSetupWords()
  const format = store.format.value
  const board = store.board.value
  const site = store.site.value
  const rules = useAnswer<Page<Rule>>(site, (signal) => ask('/rules', { signal }), askEveryMs)
  const path = `/sites/${encodeURIComponent(site)}/walls`
  const walls = useAnswer<Page<WallScreen>>(site, (signal) => ask(path, { signal }), askEveryMs)
  const opened = useSignal<SetupStep | null>(null)
  const begun = useRef<SetupStep | null>(null)
  const isWatching = store.phase.value.kind === 'watching'
  const [ruleList, wallList] = [rules.answer.value, walls.answer.value]
  if (isWatching && (board === null || ruleList === null || wallList === null))
    return <div class="page" aria-busy="true" />
  const ofSite = ruleList?.ok === true ? ruleList.value.items.filter((rule) => rule.site === site) : []
  const wallCount = wallList?.ok === true ? wallList.value.items.length : 0
  const done = stepsDone({
    hasPassword: session.hasPassword,
    map: board?.map ?? null,
    gateways: [...(board?.gateways.values() ?? [])],
    rules: ofSite,
    walls: wallCount,
  })
  // What is done while somebody looks at it stays open: they are told so, and go on when they like.
  begun.current ??= setupSteps.find((step) => !done.has(step)) ?? null
  const open = opened.value ?? begun.current
  const body = (step: SetupStep) => {
    switch (step) {
      case 'password':
        return (
          <>
            <p class="quiet">{words.passwordWhy(session.name)}</p>
            {session.via === 'session' && (
              <PasswordForm name={session.name} hasPassword={session.hasPassword} onDone={onPassword} />
            )}
          </>
        )
      case 'site':
        return <SiteStep />
      case 'gateway':
        return <GatewayStep site={site} />
      case 'reader':
        return <ReaderStep site={site} />
      case 'rule':
        return <RuleStep site={site} rules={ofSite.length} isDone={done.has('rule')} onDone={rules.again} />
      case 'wall':
        return <WallStep site={site} walls={wallCount} onDone={walls.again} />
    }
  }
  const after = (step: SetupStep) => setupSteps[setupSteps.indexOf(step) + 1]
  return (
    <section class="page setup">
      <h1>{words.title}</h1>
      <p class="quiet">{words.intro}</p>
      <p role="status">{words.progress(format.number(done.size), format.number(setupSteps.length))}</p>
      {done.size === setupSteps.length && (
        <p class="big">
          {words.allDone}{' '}
          <Link to={{ page: 'floor', slot: null }} class="button">
            {words.toFloor}
          </Link>
        </p>
      )}
      <ol class="setup-steps">
        {setupSteps.map((step, index) => {
          const next = after(step)
          const isOpen = step === open
          return (
            <li key={step} aria-current={isOpen ? 'step' : undefined} class={done.has(step) ? 'is-done' : ''}>
              <header>
                <span class="setup-number" aria-hidden="true">
                  {done.has(step) ? '✓' : format.number(index + 1)}
                </span>
                <h2>
                  {words.stepNames[step]}
                  {done.has(step) && <span class="quiet"> · {words.stepDone}</span>}
                </h2>
                {!isOpen && (index < 2 || board !== null) && (
                  <button
                    type="button"
                    class="button"
                    aria-label={words.openStep(words.stepNames[step])}
                    onClick={() => (opened.value = step)}
                  >
                    {words.open}
                  </button>
                )}
              </header>
              {isOpen && (
                <div class="setup-body">
                  {body(step)}
                  {next !== undefined && (index === 0 || board !== null) && (
                    <p>
                      <button type="button" class="button" onClick={() => (opened.value = next)}>
                        {done.has(step) ? words.next : words.skip}
                      </button>
                    </p>
                  )}
                </div>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

import t from 'tap'
import {
  type Attendee,
  announce,
  attend,
  goLive,
  messageSeen,
  picture,
  serveBrowsers,
  watch,
} from '../support/class.ts'
import { inkOn, scribble, settled } from '../support/ink.ts'
import { chinesePdf } from '../support/material.ts'

t.test('a whole class: a teacher, an assistant, and two students, one of them on a phone', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const assistant = await attend(server, browser, 'assistant', 'student', { locale: 'en' })
  const rain = await attend(server, browser, 'rain', 'student', { locale: 'en' })
  const snow = await attend(server, browser, 'snow', 'student', { phone: true })
  const everyone = [teacher, assistant, rain, snow]
  const lesson = await announce(server, teacher)
  await server.lessons.addAssistant(teacher, lesson.id, 'assistant')
  await goLive(teacher, url, lesson.id)
  await Promise.all([assistant, rain, snow].map((each) => watch(each, url, lesson.id)))
  const say = async ({ page }: Attendee, text: string) => {
    await page.fill('[data-testid=chat-input]', text)
    await page.press('[data-testid=chat-input]', 'Enter')
  }
  const personMenu = async ({ page }: Attendee, of: Attendee) => {
    await page.click('[data-testid=tab-people]')
    await page.click(`[data-testid=peer-${of.id}] [data-testid=peer-menu]`)
  }

  await t.test('slides turn for all, and what is drawn on them is seen by all', async () => {
    await teacher.page.click('[data-testid=board-button]')
    await teacher.page.setInputFiles('[data-testid=file-document]', {
      name: '光与影.pdf',
      mimeType: 'application/pdf',
      buffer: chinesePdf('光与影', 3),
    })
    await teacher.page.click('[data-testid=choose-deck]')
    await teacher.page.click('[data-testid=board-next]')
    for (const { page } of everyone) await page.waitForSelector('[data-testid=deck-page][data-page="2"]')
    await scribble(teacher.page, 0.3)
    for (const { page, username } of everyone)
      await settled(async () => (await inkOn(page)) > 0, `${username} sees what is drawn`)
    const before = await inkOn(snow.page)
    await scribble(assistant.page, 0.6)
    await settled(async () => (await inkOn(snow.page)) > before, 'the assistant draws, too')
  })

  await t.test('a poll is asked, answered by both, and its result is seen by all', async () => {
    await teacher.page.click('[data-testid=tab-poll]')
    await teacher.page.click('[data-testid=poll-new]')
    await teacher.page.fill('[data-testid=poll-question]', 'Which lamp?')
    await teacher.page.fill('[data-testid=poll-option-input-0]', 'The small one')
    await teacher.page.fill('[data-testid=poll-option-input-1]', 'The tall one')
    await teacher.page.click('[data-testid=poll-open]')
    for (const { page } of [rain, snow]) {
      await page.check('[data-testid=poll-option-1]')
      await page.click('[data-testid=poll-vote]')
    }
    for (const { page } of [teacher, rain, snow])
      await page.waitForSelector('[data-testid=poll-votes-1][data-votes="2"]')
    await teacher.page.click('[data-testid=poll-close]')
    await teacher.page.click('[data-testid=tab-chat]')
  })

  await t.test('a question is asked, voted for, taken and answered', async (t) => {
    for (const { page } of [assistant, rain, snow]) await page.click('[data-testid=tab-questions]')
    await snow.page.fill('[data-testid=question-input]', 'Why is the shadow blue?')
    await snow.page.click('[data-testid=question-ask]')
    await rain.page.click('[data-testid=question-vote]')
    await rain.page.waitForSelector('[data-testid=question-vote][aria-pressed=true]')
    await assistant.page.click('[data-testid=question-take]')
    for (const { page } of [assistant, rain, snow])
      await page.waitForSelector('[data-testid=question][data-status=taken]')
    await assistant.page.click('[data-testid=question-write]')
    await assistant.page.getByRole('dialog').getByRole('textbox').fill('It is lit by the sky.')
    await assistant.page.getByRole('dialog').getByRole('button').last().click()
    for (const { page } of [rain, snow]) {
      await page.click('[data-testid=questions-answered]')
      await page.getByText('It is lit by the sky.').waitFor()
    }
    t.match(await snow.page.textContent('[data-testid=question-vote]'), '1')
    for (const { page } of [assistant, rain, snow]) await page.click('[data-testid=tab-chat]')
  })

  await t.test(
    'a hand goes up on the phone, the assistant gives the floor, and all see and hear who speaks',
    async () => {
      await snow.page.click('[data-testid=raise-hand]')
      await assistant.page.click('[data-testid=give-floor]')
      await snow.page.click('[data-testid=go-on-air]')
      const tile = `[data-testid=tile-${snow.id}] video`
      for (const { page } of [teacher, assistant, rain]) {
        await picture(page, tile)
        await page.waitForSelector(`audio[data-testid="audio-${snow.id}"]`, { state: 'attached' })
      }
      await assistant.page.click('[data-testid=take-floor]')
      for (const { page } of [teacher, rain]) await page.waitForSelector(tile, { state: 'detached' })
      await snow.page.waitForSelector('[data-testid=raise-hand]')
    },
  )

  await t.test('whoever is muted writes nothing until the mute is lifted', async (t) => {
    await say(rain, 'Buy my lamps')
    await messageSeen(assistant, 'Buy my lamps')
    await personMenu(assistant, rain)
    await assistant.page.click('[data-testid=mute-peer-short]')
    await rain.page.waitForSelector('[data-testid=chat-input]:disabled')
    t.notOk(await snow.page.isDisabled('[data-testid=chat-input]'), 'others go on')
    await personMenu(assistant, rain)
    await assistant.page.click('[data-testid=unmute-peer]')
    await rain.page.waitForSelector('[data-testid=chat-input]:enabled')
    await say(rain, 'I am sorry')
    await messageSeen(snow, 'I am sorry')
  })

  await t.test('whoever is sent out stays out until the assistant undoes it', async (t) => {
    await personMenu(assistant, rain)
    await assistant.page.click('[data-testid=remove-peer]')
    await assistant.page.click('[data-testid=confirm]')
    await rain.page.waitForSelector('[data-testid=room-out][data-reason=removed]')
    await rain.page.reload()
    await rain.page.waitForSelector('[data-testid=room-out][data-reason=removed]')
    await assistant.page.click('[data-testid=order-open]')
    await assistant.page.click('[data-testid=readmit-peer]')
    await assistant.page.waitForSelector('[data-testid=removed-peer]', { state: 'detached' })
    await assistant.page.keyboard.press('Escape')
    await rain.page.click('[data-testid=come-back]')
    await rain.page.waitForSelector('[data-testid=deck-page][data-page="2"]')
    await settled(async () => (await inkOn(rain.page)) > 0, 'all that is drawn is there again')
    await say(rain, 'Here again')
    await messageSeen(snow, 'Here again')
    for (const { trouble, username } of everyone) t.strictSame(trouble, [], `nothing went wrong for ${username}`)
  })
})

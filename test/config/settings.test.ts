import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { loadSettings, SettingsError } from '../../config/settings.ts'

const SECRET = 'a secret of at least thirty-two characters'

/** The names that `loadSettings` asks its environment for. */
function namesRead() {
  const names = new Set<string>()
  const spy = new Proxy({ DEMO: 'true' } as Record<string, string | undefined>, {
    get: (values, name: string) => {
      names.add(name)
      return values[name]
    },
  })
  loadSettings(spy)
  return [...names].sort()
}

/** `NAME=value` of each line of .env.example. */
function example() {
  const text = readFileSync(resolve(import.meta.dirname, '../../config/.env.example'), 'utf8')
  return Object.fromEntries([...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
}

function problemsOf(env: Record<string, string>) {
  try {
    loadSettings(env)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

t.test('.env.example', async (t) => {
  t.test('lists exactly the settings that are read', async (t) => {
    t.same(Object.keys(example()).sort(), namesRead())
  })

  t.test('states the defaults', async (t) => {
    t.same(loadSettings({ ...example(), SECRET }), loadSettings({ SECRET }))
  })
})

t.test('loadSettings', async (t) => {
  t.test('needs nothing but a secret', async (t) => {
    const settings = loadSettings({ SECRET })
    t.equal(settings.port, 3000)
    t.equal(settings.demo, false)
    t.equal(settings.publicUrl, 'http://localhost:3000')
    t.equal(settings.workers, 'auto')
    t.equal(settings.rtcAnnouncedAddress, undefined)
  })

  t.test('needs no secret in the demo, and asks for one elsewhere', async (t) => {
    t.equal(loadSettings({ DEMO: 'true' }).secret, undefined)
    t.match(problemsOf({}), [/^SECRET: .*openssl rand/])
  })

  t.test('derives what hangs on other settings', async (t) => {
    const settings = loadSettings({ SECRET, PORT: '8080', DATA_DIR: '/srv/class' })
    t.equal(settings.publicUrl, 'http://localhost:8080')
    t.equal(settings.databaseUrl, 'pglite:/srv/class/database')
  })

  t.test('takes an empty value for an absent one', async (t) => {
    t.same(loadSettings({ SECRET, PORT: '', RTC_ANNOUNCED_ADDRESS: '  ' }), loadSettings({ SECRET }))
  })

  t.test('reads every kind of setting', async (t) => {
    const iceServers = [{ urls: ['turn:a.example', 'turns:a.example'], username: 'u', credential: 'c' }]
    t.match(
      loadSettings({
        SECRET,
        WORKERS: '3',
        TRUST_PROXY: 'true',
        DATABASE_URL: 'postgres://u:p@db/class',
        BUS_URL: 'redis://bus:6379',
        RTC_ANNOUNCED_ADDRESS: 'class.example.com',
        ICE_SERVERS: JSON.stringify(iceServers),
      }),
      {
        workers: 3,
        trustProxy: true,
        databaseUrl: 'postgres://u:p@db/class',
        busUrl: 'redis://bus:6379',
        rtcAnnouncedAddress: 'class.example.com',
        iceServers,
      },
    )
  })

  t.test('reports every mistake at once, each under the name of its setting', async (t) => {
    const mistakes = {
      SECRET: 'short',
      PORT: '99999',
      PUBLIC_URL: 'ftp://example.com',
      MEDIA_URL: 'https://media.example.com/films',
      TRUST_PROXY: 'yes',
      DATABASE_URL: 'mysql://db',
      BUS_URL: 'nowhere',
      STORAGE_URL: 's3://no-secret@host/bucket',
      DEMO: 'perhaps',
      LOG_LEVEL: 'loud',
      DATA_KEY: 'short',
      DATA_KEY_PREVIOUS: 'short',
      SMS_SENDER: 'pigeon',
      SMS_COUNTRY_CODES: '+86',
      SMS_CODES_PER_PHONE_PER_DAY: '0',
      SMS_CODES_PER_ADDRESS_PER_HOUR: '-5',
      SMS_CODES_PER_HOUR: 'many',
      ALIYUN_SMS_URL: 'dysmsapi.aliyuncs.com',
      CAPTCHA_VERIFY_URL: 'nowhere',
      CAPTCHA_SCRIPT_URL: 'javascript:alert(1)',
      WECHAT_OPEN_URL: 'nowhere',
      WECHAT_API_URL: 'ws://api',
      ACCOUNT_DELETION_DAYS: '0',
      WORKERS: '0',
      RTC_PORT: '4e4',
      RTC_ANNOUNCED_ADDRESS: '0.0.0.0',
      ICE_SERVERS: '[{"urls":"https://example.com"}]',
      TICKET_TTL_SECONDS: '1',
      RESUME_GRACE_SECONDS: '-1',
      LOBBY_OPENS_MINUTES: '1.5',
      PAUSE_LIMIT_MINUTES: '0',
      ROOM_SEATS: 'many',
      VIDEO_MAX_MB: '0',
    }
    const problems = problemsOf(mistakes)
    t.same(problems.map((problem) => problem.split(':')[0]).sort(), Object.keys(mistakes).sort())
    for (const [name, value] of Object.entries(mistakes))
      t.ok(
        /^(SECRET|DATA_KEY.*|DATABASE_URL|BUS_URL|STORAGE_URL|ICE_SERVERS)$/.test(name) ||
          problems.some((each) => each.startsWith(`${name}: `) && each.includes(JSON.stringify(value))),
        `${name} is shown as it was given, unless it may hold a secret`,
      )
    const { message } = new SettingsError(problems)
    t.match(message, /^the settings have \d+ mistakes:\n {2}\w+: must/)
    t.ok(message.includes(`have ${problems.length} mistakes`))
  })

  t.test('never shows a secret in its report', async (t) => {
    t.notMatch(problemsOf({ SECRET: 'tooshort-hunter2' }).join(), /hunter2/)
    t.notMatch(problemsOf({ SECRET, DATABASE_URL: 'mysql://u:hunter2@db' }).join(), /hunter2/)
    t.notMatch(problemsOf({ SECRET, STORAGE_URL: 's3://key:hunter2@host' }).join(), /hunter2/)
    t.notMatch(problemsOf({ SECRET, STORAGE_URL: 's3://key:hunter2%@host/bucket' }).join(), /hunter2/)
    t.notMatch(problemsOf({ SECRET, ICE_SERVERS: '[{"urls":"x:y","credential":"hunter2"}]' }).join(), /hunter2/)
  })

  t.test('sends codes nowhere unless told how, but in the demo to the log', async (t) => {
    t.strictSame(loadSettings({ SECRET }).sms, { kind: 'none' })
    t.strictSame(loadSettings({ DEMO: 'true' }).sms, { kind: 'console' })
    t.strictSame(loadSettings({ DEMO: 'true', SMS_SENDER: 'none' }).sms, { kind: 'none' })
    const aliyun = {
      SMS_SENDER: 'aliyun',
      ALIYUN_SMS_ACCESS_KEY_ID: 'LTAI',
      ALIYUN_SMS_ACCESS_KEY_SECRET: 'hunter2',
      ALIYUN_SMS_SIGN_NAME: '讲堂',
      ALIYUN_SMS_TEMPLATE_CODE: 'SMS_1',
    }
    t.match(loadSettings({ SECRET, ...aliyun }).sms, { kind: 'aliyun', accessKeySecret: 'hunter2', signName: '讲堂' })
    const { ALIYUN_SMS_SIGN_NAME: _, ...unsigned } = aliyun
    t.match(problemsOf({ SECRET, ...unsigned }), [/^SMS_SENDER: aliyun needs .*ALIYUN_SMS_SIGN_NAME/])
    t.strictSame(loadSettings({ SECRET, SMS_COUNTRY_CODES: '86, 852' }).smsCountryCodes, ['86', '852'])
  })

  t.test('keys that go in pairs are not taken alone', async (t) => {
    for (const name of ['CAPTCHA_SITE_KEY', 'CAPTCHA_SECRET_KEY', 'WECHAT_WEBSITE_APP_ID', 'WECHAT_ACCOUNT_APP_SECRET'])
      t.match(problemsOf({ SECRET, [name]: 'hunter2' }), [/: goes with \w+: set both or neither$/], name)
    const pair = { WECHAT_ACCOUNT_APP_ID: 'wx1', WECHAT_ACCOUNT_APP_SECRET: 's' }
    t.strictSame(loadSettings({ SECRET, ...pair }).wechat.account, { appId: 'wx1', appSecret: 's' })
  })

  t.test('reads where files are stored', async (t) => {
    const storage = (STORAGE_URL: string) => loadSettings({ SECRET, STORAGE_URL }).storage
    t.same(loadSettings({ SECRET, DATA_DIR: '/srv/class' }).storage, { kind: 'disk', folder: '/srv/class/files' })
    t.same(storage('file:/mnt/shared'), { kind: 'disk', folder: '/mnt/shared' })
    t.same(storage('s3://test%3Akey:a%2Fb%40c@127.0.0.1:9000/school?region=cn-north-1&tls=false'), {
      kind: 's3',
      endpoint: 'http://127.0.0.1:9000',
      region: 'cn-north-1',
      bucket: 'school',
      prefix: '',
      pathStyle: true,
      accessKeyId: 'test:key',
      secretAccessKey: 'a/b@c',
    })
    t.match(storage('s3://key:secret@oss-cn-hangzhou.aliyuncs.com/school/a/b?path-style=false'), {
      endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
      region: 'us-east-1',
      prefix: 'a/b',
      pathStyle: false,
    })
    for (const value of [
      'file:',
      's3://key:secret@host',
      's3://key:secret@host/',
      's3://key:secret@host/bucket/../x',
      's3://key:secret@host/bucket?region=nowhere!',
      's3://key:secret@host/bucket?tls=maybe',
      's3://key:secret@host/bucket?acl=public-read',
      'https://host/bucket',
    ])
      t.match(problemsOf({ SECRET, STORAGE_URL: value }), [/^STORAGE_URL: must be/], value)
  })

  t.test('refuses ICE servers of nonsense', async (t) => {
    for (const value of ['{}', 'null', '[null]', '[{"urls":[]}]', '[1]', '[{"urls":"stun:a"'])
      t.match(problemsOf({ SECRET, ICE_SERVERS: value }), [/^ICE_SERVERS: must be a JSON list/], value)
  })

  t.test('refuses ports that the workers would run out of', async (t) => {
    t.match(problemsOf({ SECRET, RTC_PORT: '65535', WORKERS: '4' }), [/^RTC_PORT: /])
  })
})

/** The calls about one's own account, and the ways into it. */
import type {
  Account,
  CodeRequest,
  CodeSent,
  Session as Device,
  OwnCodeRequest,
  PasswordReset,
  PhoneChange,
  PhoneSignIn,
  Proof,
  SignedIn,
  SignedInOrUp,
  WechatReturn,
} from '../../../src/users/schema.ts'
import { type Http, send } from './http.ts'
import type { Session } from './session.ts'

/** Inside WeChat's own browser one signs in by the official account, elsewhere by a code to scan. */
export const wechatWay = () => (/MicroMessenger/i.test(navigator.userAgent) ? 'account' : 'website')

export function accountCalls(http: Http, session: Session) {
  const changed = async (request: Promise<Account>) => session.changed(await request)
  const opened = async (request: Promise<SignedIn | SignedInOrUp>) => session.signedIn(await request)
  return {
    signUp: (form: { username: string; displayName: string; password: string; termsVersion?: string }) =>
      opened(send<SignedIn>('POST', '/api/users', form)),
    signIn: (form: { username: string; password: string }) => opened(send<SignedIn>('POST', '/api/session', form)),
    requestCode: (request: CodeRequest) => send<CodeSent>('POST', '/api/phone-codes', request),
    signInByPhone: (form: PhoneSignIn) => opened(send<SignedInOrUp>('POST', '/api/session/phone', form)),
    resetPassword: (form: PasswordReset) => opened(send<SignedIn>('POST', '/api/session/password-reset', form)),
    leaveToWechat: (termsVersion?: string) =>
      send<{ url: string }>('POST', '/api/session/wechat/leave', {
        way: wechatWay(),
        ...(termsVersion && { termsVersion }),
      }),
    signInByWechat: (back: WechatReturn) => opened(send<SignedInOrUp>('POST', '/api/session/wechat', back)),
    signOut: async () => {
      await http.delete('/api/session').catch(() => {})
      session.forget()
    },

    rename: (displayName: string) => changed(http.patch<Account>('/api/me', { displayName })),
    requestOwnCode: (request: OwnCodeRequest) => http.post<CodeSent>('/api/me/phone-codes', request),
    changePassword: async ({ password, code }: Proof, newPassword: string) => {
      const proof = password === undefined ? { code } : { currentPassword: password }
      await http.put<void>('/api/me/password', { ...proof, newPassword })
      await changed(http.get<Account>('/api/me'))
    },
    changePhone: (change: PhoneChange) => changed(http.put<Account>('/api/me/phone', change)),
    leaveToLinkWechat: (proof: Proof) =>
      http.post<{ url: string }>('/api/me/wechat/leave', { way: wechatWay(), proof }),
    linkWechat: (back: WechatReturn) => changed(http.put<Account>('/api/me/wechat', back)),
    unlinkWechat: (proof: Proof) => changed(http.post<Account>('/api/me/wechat/unlink', { proof })),
    exportData: (proof: Proof) => http.post<Record<string, unknown>>('/api/me/export', { proof }),
    askForDeletion: (proof: Proof) => changed(http.post<Account>('/api/me/deletion', { proof })),
    callOffDeletion: () => changed(http.delete<Account>('/api/me/deletion')),
    devices: () => http.get<{ sessions: Device[] }>('/api/sessions'),
    signOutDevice: (id: string) => http.delete<void>(`/api/sessions/${encodeURIComponent(id)}`),
    signOutOthers: () => http.delete<void>('/api/sessions'),
  }
}

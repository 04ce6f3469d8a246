/** An amount in yuan, typed by a person: whole fen come out, or nothing. */
import type { ComponentProps } from 'react'
import { Field } from './field.tsx'

/** 199, 199.5 and 199.00 are amounts; undefined for everything else. */
export function fenOf(text: string): number | undefined {
  const [, yuan, fen = ''] = /^(\d{1,8})(?:\.(\d{1,2}))?$/.exec(text.trim()) ?? []
  return yuan === undefined ? undefined : Number(yuan) * 100 + Number(fen.padEnd(2, '0'))
}

export const yuanOf = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

export const AmountField = (props: ComponentProps<typeof Field>) => (
  <Field inputMode="decimal" autoComplete="off" maxLength={12} {...props} />
)

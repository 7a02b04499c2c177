import { useI18n } from 'vue-i18n'
import type { Case } from '@/api/types'
import { hasText } from '@/i18n'
import { formatMoment } from '@/lib/dates'
import { formatMoney } from '@/lib/money'

export interface Fact {
  readonly name: string
  readonly value: string
}

export interface CaseWords {
  /** What we asked of the distributor, when and how often. */
  readonly asked: (row: Case) => Fact[]
  /** What it has said about it, as far as it has. */
  readonly said: (row: Case) => Fact[]
  /** What comes of an answer. */
  readonly follows: (row: Case, happened: boolean) => string
}

/** The facts of a case in words. */
export function useCaseWords(): CaseWords {
  const { t, locale } = useI18n()
  const at = (moment: string): string => formatMoment(moment, locale.value)

  /** A state of the booking, or the code of a refusal. */
  const answerOf = (answer: string): string =>
    hasText(`answer.${answer}`)
      ? t(`answer.${answer}`)
      : hasText(`problem.${answer}`)
        ? t(`problem.${answer}`)
        : answer

  return {
    asked: (row) => [
      { name: t('worklist.request'), value: t(`asked.${row.kind}`) },
      { name: t('worklist.askedAt'), value: at(row.asked_at) },
      ...(row.sent_at ? [{ name: t('worklist.sentAt'), value: at(row.sent_at) }] : []),
      { name: t('worklist.attempts'), value: String(row.attempts) },
      ...(row.reference ? [{ name: t('worklist.reference'), value: row.reference }] : []),
      ...(row.booking_code ? [{ name: t('worklist.heldAs'), value: row.booking_code }] : []),
    ],
    said: ({ seen }) =>
      seen === null
        ? []
        : [
            { name: t('worklist.answer'), value: answerOf(seen.answer) },
            { name: t('worklist.saidAt'), value: at(seen.at) },
            ...(seen.booking_code ? [{ name: t('orders.bookingCode'), value: seen.booking_code }] : []),
            ...(seen.price ? [{ name: t('worklist.price'), value: formatMoney(seen.price) }] : []),
            ...(seen.parts > 0
              ? [
                  {
                    name: t('worklist.parts'),
                    value: t('worklist.partsOf', {
                      confirmed: seen.confirmed,
                      refunded: seen.refunded,
                      parts: seen.parts,
                    }),
                  },
                ]
              : []),
          ],
    follows: (row, happened) =>
      t(`${happened ? 'follows' : 'instead'}.${row.question}`, {
        amount: row.amount ? formatMoney(row.amount) : t('worklist.noAmount'),
      }),
  }
}

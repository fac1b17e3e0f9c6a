import type { Question } from './schema.ts';

/** The longest number that is one: 12 digits hold every field of a header up to a MAC address. */
const DIGITS_MAX = 12;

/** The id of the fact that says whether a question is answered right. */
export function answerFact(question: string): string {
  return `answer.${question}`;
}

/** Whether a fact of this id is about an answer. */
export function isAnswerFact(id: string): boolean {
  return id.startsWith(answerFact(''));
}

/** An answer in the form in which two equal answers are equal, or what is wrong with it. */
export type AnswerReading = { value: string } | { mistake: string };

/** Reads an answer tolerantly: full-width digits, blanks, other separators; refuses only what cannot be an answer. */
export function readAnswer(kind: Question['kind'], typed: string): AnswerReading {
  // NFKC turns full-width digits, letters and colons into plain ones.
  const text = typed.normalize('NFKC').trim().toLowerCase();
  if (text === '') return { mistake: '还没有填' };
  switch (kind) {
    case 'number': {
      const number = text.replace(/[\s,_]/g, '');
      const fine = /^(\d+|0x[0-9a-f]+)$/.test(number) && number.length <= DIGITS_MAX;
      return fine ? { value: String(Number(number)) } : { mistake: '这里要填一个整数，例如 42' };
    }
    case 'mac': {
      const digits = text.replace(/[\s:.-]/g, '');
      if (!/^[0-9a-f]{12}$/.test(digits)) return { mistake: 'MAC 地址是 12 位十六进制数，例如 4a:3c:73:3f:85:1f' };
      return { value: digits.replace(/..(?!$)/g, '$&:') };
    }
    case 'ip': {
      const address = text.replace(/\s|\/\d+$/g, '').replace(/。/g, '.');
      const parts = address.split('.');
      const fine = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
      if (!fine) return { mistake: 'IP 地址是四个 0–255 的数，例如 192.168.1.1' };
      return { value: parts.map(Number).join('.') };
    }
    case 'text':
      return { value: text.replaceAll(/\s+/g, ' ') };
  }
}

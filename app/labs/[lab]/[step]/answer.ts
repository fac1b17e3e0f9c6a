import type { Question } from '../../../../content/schema.ts';

/** What the learner typed, cleaned for sending, or what is wrong with it. */
export type AnswerReading = { value: string } | { mistake: string };

/** Reads an answer tolerantly: full-width digits, blanks, other separators; refuses only what cannot be an answer. */
export function readAnswer(kind: Question['kind'], typed: string): AnswerReading {
  // NFKC turns full-width digits, letters and colons into plain ones.
  const text = typed.normalize('NFKC').trim();
  if (text === '') return { mistake: '还没有填' };
  switch (kind) {
    case 'number': {
      const number = text.replace(/[\s,_]/g, '').toLowerCase();
      return /^(\d+|0x[0-9a-f]+)$/.test(number) ? { value: number } : { mistake: '这里要填一个数字，例如 42' };
    }
    case 'mac': {
      const digits = text.toLowerCase().replace(/[\s:.-]/g, '');
      if (!/^[0-9a-f]{12}$/.test(digits)) return { mistake: 'MAC 地址是 12 位十六进制数，例如 4a:3c:73:3f:85:1f' };
      return { value: digits.replace(/..(?!$)/g, '$&:') };
    }
    case 'ip': {
      const address = text.replace(/\s|\/\d+$/g, '').replace(/。/g, '.');
      const parts = address.split('.');
      const fine = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
      return fine ? { value: address } : { mistake: 'IP 地址是四个 0–255 的数，例如 192.168.1.1' };
    }
    case 'text':
      return { value: text };
  }
}

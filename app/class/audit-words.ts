import type { AuditView, ClassView, Membership } from '../../server/people-protocol.ts';
import { shortMoment } from '../report/words.ts';
import { joinings, roles } from './words.ts';

type Told = AuditView & { whom: string };

const gates: Record<string, string> = { open: '开放', paused: '暂停', closed: '关闭' };

/** What an entry says of itself, by its action. */
const sentences: Record<AuditView['action'], (told: Told) => string> = {
  'class:create': ({ detail }) => `新建了班级「${text(detail.name)}」`,
  'class:change': ({ detail }) => `改了班级设置：${changes(detail)}`,
  'class:code': () => '换了课堂码',
  'staff:invite': ({ detail }) => `做了一个让人成为${roleOf(detail)}的链接`,
  'staff:join': ({ detail }) => `用链接成为${roleOf(detail)}`,
  'staff:change': ({ whom, detail }) => `让 ${whom} 成为${roleOf(detail)}`,
  'staff:remove': ({ whom }) => `让 ${whom} 不再教这个班`,
  'roster:import': ({ detail }) => `导入名册：新增 ${text(detail.added)} 人，改名 ${text(detail.renamed)} 人`,
  'roster:add': ({ whom }) => `把 ${whom} 加进名册`,
  'roster:change': ({ whom, detail }) =>
    `改了 ${whom} 的${[detail.studentNo && '学号', detail.name && '姓名'].filter(Boolean).join('和') || '名册'}`,
  'roster:remove': ({ whom }) => `把 ${whom} 移出班级`,
  'roster:merge': ({ detail, subjectName }) =>
    `把重复的「${kept(detail) || '没有学号的一条'}」并入 ${subjectName ?? '一名学员'}`,
  'roster:passwords': ({ detail }) => `给 ${text(detail.count)} 人发了初始密码`,
  'person:erase': () => '抹去了一名学员的全部数据',
  'lesson:watch': ({ whom, detail }) => `看了 ${whom} 的终端${ofLab(detail)}`,
  'lesson:message': ({ whom, detail }) =>
    `给${detail.all ? '全班' : ` ${whom} `}发了消息：${text(detail.text)}${ofLab(detail)}`,
  'lesson:lower-hand': ({ whom, detail }) => `放下了 ${whom} 举的手${ofLab(detail)}`,
  'lesson:highlight': ({ detail }) =>
    (detail.step ? `让全班看步骤 ${text(detail.step)}` : '不再让全班看某个步骤') + ofLab(detail),
  'lesson:reset': ({ whom, detail }) =>
    `重置了 ${whom} 的${detail.node ? text(detail.node) : '全部节点'}${detail.step ? `，到步骤 ${text(detail.step)} 的起点` : ''}${ofLab(detail)}`,
  'lesson:extend': ({ whom, detail }) => `给 ${whom} 延长了 ${text(detail.minutes)} 分钟${ofLab(detail)}`,
  'lesson:assign': ({ detail }) =>
    `把实验设为${gates[text(detail.gate)] ?? '原样'}，${detail.deadline ? `截止 ${shortMoment(Number(detail.deadline))}` : '没有截止时间'}${ofLab(detail)}`,
  'help:ask': ({ whom, detail }) => `请求帮 ${whom} 操作${ofLab(detail)}`,
  'help:begin': ({ whom, detail }) => `开始帮 ${whom} 操作${ofLab(detail)}`,
  'help:type': ({ whom, detail }) => `替 ${whom} 在 ${text(detail.node)} 输入：${text(detail.text)}${ofLab(detail)}`,
  'help:end': ({ whom, detail }) => `不再帮 ${whom} 操作${ofLab(detail)}`,
  'grades:export': ({ detail }) => `导出了 ${text(detail.learners)} 人的成绩（${text(detail.format)}）${ofLab(detail)}`,
};

/** An entry of the log in words: what was done to whom. Whom the class does not know any more is named by what was kept. */
export function auditWords(entry: AuditView): string {
  const { detail, subject, subjectName } = entry;
  const several = Array.isArray(detail.learners) ? `${detail.learners.length} 名学员` : '';
  const whom = subjectName ?? (kept(detail) || several || (subject ? '一名已不在这里的人' : '学员'));
  return sentences[entry.action]({ ...entry, whom });
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function kept(detail: AuditView['detail']): string {
  return [text(detail.studentNo), text(detail.name)].filter(Boolean).join(' ');
}

function roleOf(detail: AuditView['detail']): string {
  return roles[text(detail.role) as Membership['role']] ?? '成员';
}

function ofLab(detail: AuditView['detail']): string {
  return detail.lab ? `（${text(detail.lab)}）` : '';
}

function changes(detail: AuditView['detail']): string {
  const parts: string[] = [];
  if (typeof detail.name === 'string') parts.push(`名称改为「${detail.name}」`);
  const joining = joinings[detail.joining as ClassView['joining']];
  if (joining) parts.push(`加入方式改为「${joining.label}」`);
  if (typeof detail.recording === 'boolean') parts.push(detail.recording ? '打开录像' : '关闭录像');
  return parts.join('，') || '没有变化';
}

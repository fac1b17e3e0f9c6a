import type { AuditView, ClassView, Membership, RosterMistake } from '../../server/people-protocol.ts';

/** What somebody is in a class. */
export const roles: Record<Membership['role'], string> = {
  learner: '学员',
  assistant: '助教',
  instructor: '教师',
  admin: '管理员',
};

/** What each of those who teach may do. */
export const roleNotes: Record<Exclude<Membership['role'], 'learner'>, string> = {
  assistant: '看课堂、帮学员、重置节点',
  instructor: '助教的一切，另外管名册、成绩和上课时间',
  admin: '教师的一切，另外决定谁来教',
};

/** How learners come in. */
export const joinings: Record<ClassView['joining'], { label: string; note: string }> = {
  open: { label: '凭课堂码加入', note: '有课堂码就能用学号和姓名加入；名册上没有的学号也可以。' },
  roster: { label: '只限名册', note: '只有名册上的学号能加入，要用你发的初始密码登录。' },
  closed: { label: '暂停加入', note: '没有人能再加入；已经在班里的不受影响。' },
};

/** Why a form of those who teach came back. */
export const accountTroubles: Record<string, string> = {
  fast: '尝试次数太多，请过十几分钟再试。',
  wrong: '登录名或密码不对。忘了密码，请班级的管理员用「教师和助教」里的链接另建账号。',
  gone: '这个链接已经用过或者过期了。请向给你链接的人再要一个；第一个账号的链接重新 npm start 就有新的。',
  name: '请填姓名，最多 60 个字。',
  login: '登录名要 3 到 40 个小写字母、数字或 . _ - @，以字母或数字开头。',
  'login-taken': '这个登录名已经有人用了，换一个。',
  short: '密码太短：至少 10 个字。',
  long: '密码太长：最多 128 个字。',
  guessable: '这个密码太容易猜到：不要用登录名、姓名或重复的字。',
  guest: '你还没有登录，或者登录已经过期。请先登录再来。',
  busy: '你的节点正在启动或重置，或者同时登录的人太多。什么也没有改动，过一会儿再试。',
};

/** Why the form at /join came back. */
export const joinTroubles: Record<string, string> = {
  fast: '尝试次数太多，请过十几分钟再试。',
  code: '没有这个课堂码。课堂码是 6 个字母和数字，请和老师给的再核对一遍。',
  closed: '这个班级现在不接受新学员，请告诉老师。你做过的实验都还在。',
  number: '学号只能是字母、数字、- 和 _，最多 40 个。请核对后再填。',
  name: '请填姓名，最多 60 个字。',
  names: '名册上这个学号不是这个姓名。请核对学号和姓名；都没有填错，就请老师改名册。',
  used: '这个学号已经有人用过了。是你自己的话：在原来的浏览器里用「换浏览器继续…」的代码过来，或者请老师给你一个初始密码。',
  password: '这个学号要用老师发的初始密码登录。没有收到，请问老师。',
  wrong: '学号或密码不对。密码是老师发的 8 个字母和数字；忘了可以请老师重发。',
  full: '这个班级已经满 500 人了，请告诉老师。',
  already: '这个浏览器里的人已经用别的学号在这个班里了。不是你的话，请先退出登录；学号填错了，请老师改名册。',
  busy: '节点正在启动或重置，或者同时登录的人太多。什么也没有改动，过一会儿再试。',
};

/** What is wrong with a line of a roster. */
export const rosterMistakes: Record<RosterMistake, string> = {
  'no-number': '没有学号',
  'bad-number': '学号只能是字母、数字、- 和 _，最多 40 个',
  twice: '这个学号前面已经有了',
  'no-name': '没有姓名',
  'long-name': '姓名太长，最多 60 个字',
  taken: '这个学号是班里一位教师的',
  'too-many': '从这一行起放不下了：一个班最多 500 人',
};

/** An entry of the log in words: who did what to whom. Whom the class does not know any more is named by what was kept. */
export function auditWords({ action, subjectName, detail, subject }: AuditView): string {
  const text = (key: string) => (typeof detail[key] === 'string' ? String(detail[key]) : '');
  const kept = [text('studentNo'), text('name')].filter(Boolean).join(' ');
  const whom = subjectName ?? (kept || (subject ? '一名已不在这里的人' : ''));
  const role = roles[text('role') as Membership['role']] ?? '';
  switch (action) {
    case 'class:create':
      return `新建了班级「${text('name')}」`;
    case 'class:change':
      return `改了班级设置：${changes(detail)}`;
    case 'class:code':
      return '换了课堂码';
    case 'staff:invite':
      return `做了一个让人成为${role}的链接`;
    case 'staff:join':
      return `用链接成为${role}`;
    case 'staff:change':
      return `让 ${whom} 成为${role}`;
    case 'staff:remove':
      return `让 ${whom} 不再教这个班`;
    case 'roster:import':
      return `导入名册：新增 ${detail.added} 人，改名 ${detail.renamed} 人`;
    case 'roster:add':
      return `把 ${whom} 加进名册`;
    case 'roster:change':
      return `改了 ${whom} 的${[detail.studentNo && '学号', detail.name && '姓名'].filter(Boolean).join('和') || '名册'}`;
    case 'roster:remove':
      return `把 ${whom} 移出班级`;
    case 'roster:merge':
      return `把重复的「${kept || '没有学号的一条'}」并入 ${subjectName ?? '一名学员'}`;
    case 'roster:passwords':
      return `给 ${detail.count} 人重发了初始密码`;
    case 'grades:export':
      return `导出了成绩（${text('format')}，${detail.learners} 人）`;
    case 'person:erase':
      return '抹去了一名学员的全部数据';
    default:
      return action;
  }
}

function changes(detail: Record<string, unknown>): string {
  const parts: string[] = [];
  if (typeof detail.name === 'string') parts.push(`名称改为「${detail.name}」`);
  const joining = joinings[detail.joining as ClassView['joining']];
  if (joining) parts.push(`加入方式改为「${joining.label}」`);
  if (typeof detail.recording === 'boolean') parts.push(detail.recording ? '打开录像' : '关闭录像');
  return parts.join('，') || '没有变化';
}

import { describe, expect, it } from 'vitest';
import { writeExchange } from './exchange.ts';
import { grades } from './testbed.ts';

describe('grades for nbgrader', () => {
  const [head, ...lines] = writeExchange('nbgrader', grades()).split('\n');

  it('come under its own heading, without a mark in front', () => {
    expect(head).toBe(
      'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score',
    );
  });

  it('have a line per learner; who never came has 0, a guest goes by their number', () => {
    expect(lines[0]).toBe('overlay,2026-11-23 07:30:00,2026-11-23 07:35:00,0012345678,张三,,,30.0,0.0,30.0,30.0');
    expect(lines[2]).toMatch(/^overlay,,.*,p3,,,,\d/);
    expect(lines[3]).toBe('overlay,,,0012345680,李四,,,0.0,0.0,0.0,30.0');
    expect(lines[4]).toBe('');
  });

  it('keep a hostile name in its cell', () => {
    expect(lines[1]).toContain(`,"'=cmd|' /C calc'!A0 ""x"",<b>&`);
  });
});

describe('grades for Moodle', () => {
  it('have a column per lab, empty for who has not begun', () => {
    const [head, first, , guest, absent] = writeExchange('moodle', grades()).split('\n');
    expect(head).toBe('username,idnumber,姓名,跨主机通信');
    expect(first).toBe('0012345678,0012345678,张三,30');
    expect(guest).toMatch(/^p3,p3,,\d/);
    expect(absent).toBe('0012345680,0012345680,李四,');
  });
});

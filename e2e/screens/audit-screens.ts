import type { Page } from 'playwright-core';
import { hash, mika } from './audit-answers.ts';
import { type DataSet, dataSets } from './data-sets.ts';
import { ids } from './example-data.ts';
import { seen, skeleton } from './look-for.ts';
import type { Screen } from './screens.ts';
import type { Answers } from './stub-routes.ts';

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const changed: Answers = {
  'audit.verify': () => ({
    ...{ isIntact: false, entries: 40_101, archivedEntries: 31_000, brokenAt: 40_102 },
    problem: 'Entry 40102 was changed after it was written: its hash is not that of its content.',
    head: { seq: 48_229, hash, signature: hash.repeat(2), publicKey: hash },
    checkedAt: new Date(),
  }),
};

export const auditScreens: Screen[] = [
  {
    name: 'audit',
    path: '/audit',
    dataSets,
    shown: (page: Page, dataSet: DataSet) =>
      ({
        empty: () => seen(page, 'Nothing recorded yet'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Set panel up'),
        failing: () => seen(page, 'The audit log could not be read'),
      })[dataSet](),
  },
  {
    name: 'audit-entry',
    path: '/audit',
    dataSets: ['full'],
    act: (page) => button(page, /Change server/).click(),
    shown: (page) => seen(page, 'Everything with key billing'),
  },
  {
    name: 'audit-filtered',
    path: `/audit?userId=${mika.id}&outcome=failure&from=2026-03-01`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'One person'),
  },
  {
    name: 'audit-no-match',
    path: '/audit?q=nobody',
    dataSets: ['full'],
    answers: { 'audit.list': () => ({ items: [], nextCursor: null }) },
    shown: (page) => seen(page, 'No entry matches'),
  },
  {
    name: 'audit-verify',
    path: '/audit',
    dataSets: ['full'],
    act: (page) => button(page, 'Verify').click(),
    shown: (page) => seen(page, 'All 48,229 entries are as they were written'),
  },
  {
    name: 'audit-verify-broken',
    path: '/audit',
    dataSets: ['full'],
    answers: changed,
    act: (page) => button(page, 'Verify').click(),
    shown: (page) => seen(page, 'The log is not intact from entry 40102'),
  },
  {
    name: 'audit-archive',
    path: '/audit',
    dataSets: ['full'],
    act: (page) => button(page, 'Archive').click(),
    shown: (page) => seen(page, 'Entries 1 to 31000'),
  },
  {
    name: 'server-states',
    path: `/servers/${ids.running}/activity?view=states`,
    dataSets,
    shown: (page: Page, dataSet: DataSet) =>
      ({
        empty: () => seen(page, 'No states yet'),
        loading: () => skeleton(page),
        full: () => page.getByText('Its last 3 lines').click(),
        failing: () => seen(page, 'The states of this server could not be read'),
      })[dataSet](),
  },
  {
    name: 'server-activity',
    path: `/servers/${ids.running}/activity`,
    dataSets,
    shown: (page: Page, dataSet: DataSet) =>
      ({
        empty: () => seen(page, 'Nothing happened yet'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Send command'),
        failing: () => seen(page, 'What happened on this server could not be read'),
      })[dataSet](),
  },
];

import { randomUUID } from 'node:crypto';
import { MAINTENANCE_QUEUE, RESUME_REQUESTED } from '#workflows/maintenance.contract.ts';
import type { Courses } from './courses.ts';

/** Each course of `resumeRequested`. */
export const RESUMPTIONS: Courses = {
  'what-was-left-is-taken-up': async ({ temporal }) => {
    const workflowId = `resume-requested:${randomUUID()}`;
    const start = { workflowId, taskQueue: MAINTENANCE_QUEUE };
    await (await temporal.client.workflow.start(RESUME_REQUESTED, start)).result();
    return workflowId;
  },
};

import type { DiscrepancyId } from '#domain/ids.ts';
import { resolveDiscrepancyId } from '#workflows/reconciliation.contract.ts';
import { discrepancyAbout, MISSING, reconcile, resolved } from '../reconciliation.ts';
import type { Courses } from './courses.ts';

/** Each course of `reconcile`. */
export const RECONCILIATIONS: Courses = {
  'bank-and-ledger-are-compared': async (world) => {
    await world.bank.chargeStranger(5_000);
    return reconcile(world);
  },
};

/** Each course of `resolveDiscrepancy`. */
export const RESOLUTIONS: Courses = {
  'an-operator-accepts-what-the-bank-has': async (world) => {
    const charge = await world.bank.chargeStranger(5_000);
    for (const _ of ['seen', 'missed']) await reconcile(world, MISSING);
    const operator = await world.operator();
    const { id } = await discrepancyAbout(operator, charge);
    await resolved(operator, id, 'accept');
    return resolveDiscrepancyId(id as DiscrepancyId, 1);
  },
};

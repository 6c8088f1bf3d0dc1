/**
 * The zone data by which this process makes instants out of dates, `2025b`: that of Node's own `Intl`, which the calendar
 * library asks as long as Node has no `Temporal` of its own. Such names sort by their age.
 */
export const ZONE_DATA = process.versions.tz ?? '';

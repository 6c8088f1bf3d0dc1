export const MAINTENANCE_QUEUE = 'maintenance';
export const RESUME_REQUESTED = 'resumeRequested';
export const RESUME_REQUESTED_SCHEDULE = 'resume-requested';

/** How often, and how old a request must be before nobody else can be expected to carry it out. */
export const RESUME_EVERY_SECONDS = 10;
export const LEFT_AFTER_SECONDS = 10;

export const RETIME_STAYS = 'retimeStays';
export const RETIME_STAYS_SCHEDULE = 'retime-stays';

/** How often it is looked whether zone data is newer than what bookings were reckoned by. */
export const RETIME_EVERY_SECONDS = 600;

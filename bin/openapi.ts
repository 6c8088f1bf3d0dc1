import { writeFile } from 'node:fs/promises';
import { ENDPOINTS } from '#api/endpoints.ts';
import { documentOf } from '#api/openapi.ts';

/** Writes `openapi.json` anew from what the endpoints state; a test fails while it differs. */
const document = JSON.stringify(documentOf(ENDPOINTS), null, 2);
await writeFile(new URL('../openapi.json', import.meta.url), `${document}\n`);

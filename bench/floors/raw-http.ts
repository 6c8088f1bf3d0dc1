import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerStarter } from '../processes.ts';

/** Bodies by path. */
export type Pages = Map<string, Buffer>;

/** The least that can answer over HTTP: the same bytes for the same paths out of memory, and nothing else. */
answerStarter<Pages, null, string>(async (pages) => {
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    if (page === undefined) {
      response.writeHead(404, { 'Content-Length': 0 }).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': page.length }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return () => Promise.resolve(`http://127.0.0.1:${port}`);
});

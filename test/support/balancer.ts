import { Agent, createServer, request } from 'node:http';
import { parseArgs } from 'node:util';

/**
 * What stands before several APIs: takes requests on `--port` and passes each on to the next `--to URL` in turn. An API
 * that takes no connection is passed over.
 */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, to: { type: 'string', multiple: true, default: [] } },
});
const apis = values.to.map((url) => ({ url, agent: new Agent({ keepAlive: true }) }));
let turn = 0;

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => passOn(apis.length));

  function passOn(tries: number): void {
    const api = apis[turn++ % apis.length];
    if (api === undefined || tries === 0) {
      outgoing.writeHead(502).end();
      return;
    }
    const { method, headers, url = '/' } = incoming;
    const passed = request(new URL(url, api.url), { method, headers, agent: api.agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') passOn(tries - 1);
      else outgoing.destroy();
    });
    outgoing.on('close', () => passed.destroy());
    passed.end(Buffer.concat(chunks));
  }
});
server.listen(Number(values.port), '127.0.0.1', () => console.log('ready'));
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  for (const { agent } of apis) agent.destroy();
});

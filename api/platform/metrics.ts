import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CAUSE_NAMES } from '#domain/reconciliation.ts';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Seconds: from a cached read to the longest wait for a booking. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface RequestFacts {
  method: string;
  /** As the endpoint states it, so that there are as many series as endpoints. */
  route: string | undefined;
  status: number;
  seconds: number;
}

export interface Metrics {
  observe(request: RequestFacts): void;
  registry: Registry;
}

/** What is read anew whenever it is asked for. */
export interface Readings {
  /** How many discrepancies are open, by cause. */
  openDiscrepancies: () => Promise<ReadonlyMap<string, number>>;
}

/** How the process fares and how it answers, and what waits for operators, for Prometheus. */
export function createMetrics({ openDiscrepancies }: Readings): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'stayward_open_discrepancies',
    help: 'What bank and ledger do not agree about, and nobody has resolved.',
    labelNames: ['cause'],
    registers: [registry],
    async collect() {
      this.reset();
      const open = await openDiscrepancies().catch(() => undefined); // A database that is away is told of elsewhere.
      if (open !== undefined) for (const cause of CAUSE_NAMES) this.set({ cause }, open.get(cause) ?? 0);
    },
  });
  const durations = new Histogram({
    name: 'stayward_http_request_seconds',
    help: 'Time from the first byte of a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    registry,
    observe({ method, route = 'none', status, seconds }) {
      durations.observe({ method, route, status }, seconds);
    },
  };
}

/** Serves `/metrics` on a port of its own, which need not be open to the world. */
export async function serveMetrics(
  { registry }: Metrics,
  { host, port }: { host: string; port: number },
): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then((text) => {
      response.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

# syntax=docker/dockerfile:1
# One image for the API, the workers and the commands: `node bin/api.ts` unless told otherwise. No build step but the
# bundle of the workflows; glibc, since Temporal's native part has no build for musl.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev
# Two thirds of what that brings: a second Node, which is for machines with an older one, and Temporal's native part for
# the platforms that this image is not.
RUN rm -rf node_modules/node-linux-* && \
    find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM packages AS bundle
COPY workflows workflows
COPY domain domain
COPY bin/bundle.ts bin/workflow-bundle.ts bin/
RUN node bin/bundle.ts workflows.bundle.js

FROM ${NODE_IMAGE} AS app
ENV NODE_ENV=production HOST=0.0.0.0 WORKFLOW_BUNDLE=/app/workflows.bundle.js
WORKDIR /app
# All of it is root's, and the process is not: it can change nothing of itself.
COPY --from=packages /app/node_modules node_modules
COPY --from=bundle /app/workflows.bundle.js workflows.bundle.js
COPY package.json config.ts ./
COPY domain domain
COPY db db
COPY gateways gateways
COPY workflows workflows
COPY activities activities
COPY api api
COPY bin bin
# `node`, by number: what runs it can see that this is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --start-interval=2s CMD ["node", "bin/healthy.ts"]
CMD ["node", "bin/api.ts"]

# The same with the simulated bank, for a machine that is nobody's production.
FROM app AS sandbox
COPY dev dev

FROM app AS runtime

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/embedded-mongo/package.json ./packages/embedded-mongo/
COPY web/package.json ./web/
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts/production-package.mjs ./scripts/
COPY packages ./packages
COPY src ./src
COPY web ./web
RUN npm run build && node scripts/production-package.mjs && npm prune

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8082 \
    DATA_DIR=/data
WORKDIR /app
# Program files belong to root: the process cannot change itself.
COPY package.json LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/packages/embedded-mongo/package.json ./packages/embedded-mongo/
COPY --from=build /app/packages/embedded-mongo/dist ./packages/embedded-mongo/dist
# Without MONGODB_URI the embedded MongoDB keeps its data here: mount a volume.
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
EXPOSE 8082
# The first ready answer waits for the database and, once, for the completion of old documents.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]

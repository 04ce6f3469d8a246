# The server with its built web client. EXTRAS names further Debian packages: ffmpeg makes uploaded videos; the demo needs
# --build-arg EXTRAS="ffmpeg espeak-ng fonts-noto-cjk" and DEMO=true.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts scripts
RUN node scripts/setup.mjs image
COPY . .
RUN node scripts/setup.mjs image
# The Debian packages whose libraries the worker is linked with; none where it came prebuilt.
RUN ldd node_modules/mediasoup/worker/out/Release/mediasoup-worker | grep -oE '/[^ ]+' | xargs -n 1 realpath \
  | xargs dpkg-query -S 2>/dev/null | cut -d : -f 1 | sort -u > worker-packages

FROM ${BASE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
  && rm -rf node_modules/mediasoup/worker node_modules/argon2/argon2 \
  && find node_modules -name '*.map' -delete
COPY --from=build /app/node_modules/mediasoup/worker/out/Release/mediasoup-worker node_modules/mediasoup/worker/out/Release/

FROM ${BASE}
ARG EXTRAS="ffmpeg"
WORKDIR /app
COPY --from=build /app/worker-packages /tmp/
RUN apt-get update -qq \
  && xargs apt-get install -y -qq --no-install-recommends ${EXTRAS} < /tmp/worker-packages \
  && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /tmp/worker-packages \
  && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin jiangtang \
  && install -d -o jiangtang /data
COPY package.json ./
COPY config config
COPY db db
COPY sfu sfu
COPY signaling signaling
COPY src src
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/web/dist web/dist
ENV NODE_ENV=production DATA_DIR=/data
USER jiangtang
VOLUME /data
EXPOSE 3000 40000-40015/udp 40000-40015/tcp
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]

# One image for every process: `docker run … cloud`, `… edge`, `… demo`.
FROM node:24-bookworm-slim AS build
WORKDIR /warepulse
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=optional
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
# socat gives the demo its serial lines.
RUN apt-get update && apt-get install -y --no-install-recommends socat && rm -rf /var/lib/apt/lists/*
WORKDIR /warepulse
COPY --from=build /warepulse/package.json ./
COPY --from=build /warepulse/bin/warepulse.js /warepulse/bin/node24.js /warepulse/bin/strip-ahead.js ./bin/
COPY --from=build /warepulse/dist ./dist
COPY --from=build /warepulse/node_modules ./node_modules
RUN ln -s /warepulse/bin/warepulse.js /usr/local/bin/warepulse && mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 8080 1883
ENTRYPOINT ["warepulse"]
CMD ["demo"]

# Two images: `--target plain` (distroless, the engine without git) and `--target git`, which is the default.
FROM node:24-slim AS build
WORKDIR /ckpt
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM gcr.io/distroless/nodejs24-debian12:nonroot AS plain
COPY --from=build /ckpt/package.json /ckpt/LICENSE /ckpt/
COPY --from=build /ckpt/bin /ckpt/bin
COPY --from=build /ckpt/dist /ckpt/dist
WORKDIR /work
ENTRYPOINT ["/nodejs/bin/node", "/ckpt/bin/ckpt.js"]

FROM node:24-alpine AS git
RUN apk add --no-cache git
COPY --from=build /ckpt/package.json /ckpt/LICENSE /ckpt/
COPY --from=build /ckpt/bin /ckpt/bin
COPY --from=build /ckpt/dist /ckpt/dist
# The repository is mounted, and belongs to somebody else.
RUN git config --system --add safe.directory '*'
WORKDIR /work
ENTRYPOINT ["node", "/ckpt/bin/ckpt.js"]

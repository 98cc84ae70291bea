# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w" -o /huiyin .

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin huiyin \
 && install -d -o huiyin -g huiyin -m 0750 /data
COPY --from=build /huiyin /usr/local/bin/huiyin
COPY LICENSE /usr/share/doc/huiyin/LICENSE
USER huiyin
WORKDIR /data
ENV HUIYIN_ADDR=0.0.0.0:8080 HUIYIN_DATA=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["huiyin"]
CMD ["serve"]

ARG NOTHING
ARG PLATFORM=linux/amd64
FROM --platform=linux/amd64 debian:13${NOTHING} AS a
FROM --platform=$BUILDPLATFORM debian:13 AS b
FROM --platform=$TARGETPLATFORM debian:13 AS c
FROM --platform=${PLATFORM} debian:13 AS d
FROM --platform=linux/arm64 debian:13 AS build-arm64
FROM debian:13$UNDECLARED AS a
FROM debian:13$UNDECLAREDPLATFORM$BUILDPLATFROM AS context
FROM b

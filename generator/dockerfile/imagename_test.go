package dockerfile_test

import (
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/dockerfile"
)

func TestUnpinned(t *testing.T) {
	for want, images := range map[bool]string{
		true: "redis redis:latest redis:alpine nginx:stable-alpine nginx:stable nginx:mainline x/y:edge x/y:nightly x/y:latest-x x/y:latest-alpine node:lts node:lts-slim " +
			"node:current-bookworm node:bookworm x:main x:master x:dev x:develop x:prod x:amd64 x:linux-arm64v8 x:latest-amd64 x:stable-alpine3.19 x:edge-bookworm " +
			"ghcr.io/a/b:main localhost:5000/a ghcr.io/a/b:release x:slim debian:testing redis:alpine3.19 x:bookworm x:trixie-slim node:jammy x:ubuntu24.04 x:debian12-slim x:ubi9 x:amazonlinux2 x:al2023 x:noble debian:sid debian:sid-slim debian:unstable debian:stable-slim ubuntu:rolling x:latest-7 python:slim-bookworm x:s390x",
		false: "redis:7 redis:7-alpine redis:7.2.4-alpine3.19 debian:13 debian:bookworm debian:bookworm-slim ubuntu:noble debian:trixie-20250101 x:v1 x:1.2.3 x:1.2.3-rc.1 " +
			"x:nightly-20240101 x:sha-1a2b3c4 x:main-1a2b3c4d x:2024-05-01 x:2024.05.01 postgres:16-bookworm eclipse-temurin:21-jre x:php8.3-fpm x:jdk17 localhost:5000/a:1 " +
			"x:RELEASE.2024-05-10T01-41-38Z x:stable-1.27 alpine:3.19 debian:trixie debian:trixie-slim ubuntu:jammy ubuntu:24.04 fedora:41 x/debian:bookworm rockylinux:9-minimal mcr.microsoft.com/windows/servercore:ltsc2022 redhat/ubi9:9.4 x:bookworm-20240101 redis:7-alpine3.19 x:v2-latest x:0.0.1-beta x:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b " +
			"x:latest@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 x:arm64-1.2 mcr.microsoft.com/dotnet/sdk:8.0 x:r123 x:bookworm-1.2",
	} {
		for _, image := range strings.Fields(images) {
			if got := dockerfile.Unpinned(image); (got != "") != want {
				t.Errorf("%s: %q", image, got)
			}
		}
	}
}

# The image of owgen itself: the static program of `make release`, and nothing else.
#   docker build -t owgen .
#   docker run --rm -v "$PWD:/work" -u "$(id -u):$(id -g)" owgen generate single-server -o bundle
FROM scratch
ARG TARGETARCH
LABEL org.opencontainers.image.title="owgen" \
      org.opencontainers.image.description="Turns a profile into a complete, validated and hardened deployment of OpenWISP" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --chmod=0755 dist/owgen-linux-${TARGETARCH} /owgen
COPY --chmod=0644 dist/LICENSE dist/THIRD-PARTY-LICENSES.txt /licenses/
WORKDIR /work
USER 1001:1001
ENTRYPOINT ["/owgen"]
CMD ["--help"]

FROM debian:13
COPY --from=later a b
FROM debian:13 AS later

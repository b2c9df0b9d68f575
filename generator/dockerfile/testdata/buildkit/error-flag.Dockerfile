FROM debian:13
COPY --chwon=1:1 a b

RUN true
FROM debian:13

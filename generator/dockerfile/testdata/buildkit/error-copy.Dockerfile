FROM debian:13
RUN true
COPY onlyone

FROM debian:13
EXPOSE 80/http

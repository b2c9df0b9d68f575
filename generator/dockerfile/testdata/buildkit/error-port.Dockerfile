FROM debian:13
EXPOSE eighty
